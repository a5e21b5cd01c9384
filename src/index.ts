// The plugin, and what applications may import beside it.
import type { FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import type { SocketioTransportsOptions } from '../types/options.js'
import { Registration } from './registration.js'
import { serve } from './serve.js'

const plugin: FastifyPluginAsync<SocketioTransportsOptions> = async function fastifySocketioTransports (app, options) {
  await serve(app, options, new Registration(options, app.log))
}

/** Socket.IO's transports as Fastify routes. */
export const socketioTransports = fp(plugin, { fastify: '5.x', name: 'fastify-socketio-transports' })

export default socketioTransports
export { channels } from './observation/channels.js'
export { fromServerOptions } from './server-options/convert.js'
