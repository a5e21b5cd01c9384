// The plugin with the name, options and behaviour of fastify-socket.io: an application only changes the import.
import type { FastifyBaseLogger, FastifyPluginAsync } from 'fastify'
import fp from 'fastify-plugin'
import type { FastifySocketioOptions } from '../types/fastify-socket.io.js'
import { toOptions } from './drop-in/options.js'
import { socketioTransports } from './index.js'
import { logOptionsOf } from './log-options.js'
import { clientFolder, createServer } from './official-server.js'
import { unusedOf } from './server-options/unused.js'

const STATIC = '@fastify/static'

function isInstalled (name: string): boolean {
  try {
    import.meta.resolve(name)
    return true
  } catch {
    return false
  }
}

/**
 * Returns the folder of the client files, or false. socket.io serves them by default, but most applications get them elsewhere. So without
 * @fastify/static there is a warning, not an error.
 */
function clientFiles ({ serveClient }: FastifySocketioOptions, log: FastifyBaseLogger): string | false {
  if (serveClient === false) return false
  if (serveClient || isInstalled(STATIC)) return clientFolder()
  log.warn(`the files of the client (socket.io.js and others) are not served: install ${STATIC}, or set "serveClient: false"`)
  return false
}

const plugin: FastifyPluginAsync<FastifySocketioOptions> = async function fastifySocketio (app, options) {
  const settings = toOptions(options)
  for (const sentence of unusedOf(options, settings)) app.log.warn(sentence)
  if (app.prefix !== '') {
    app.log.warn(`registered in a scope with the prefix ${app.prefix}: clients must put the prefix before the path, which fastify-socket.io ignored`)
  }
  const server = await createServer({ ...options })

  app.addHook('preClose', (done) => {
    if (options.preClose) return options.preClose(done)
    server.local.disconnectSockets(true)
    done()
  })
  // Not closed earlier, because the application may send to other nodes until then.
  let bound = false
  app.addHook('onClose', async () => { if (bound) await server.close() })

  await app.register(socketioTransports, { ...settings, ...logOptionsOf(options), io: server, serveClient: clientFiles(options, app.log) })
  bound = true
}

/** The plugin. It has the name of fastify-socket.io, because other plugins may depend on that name. */
export const socketioServer = fp(plugin, { fastify: '5.x', name: 'fastify-socket.io' })

export default socketioServer
