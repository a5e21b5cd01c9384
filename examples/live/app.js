// The page with clients of every generation, as an app: one server (server.js), or one node of several (../cluster/node.js).
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import fastifyStatic from '@fastify/static'
import socketioTransports from 'fastify-socketio-transports'
import inspector from 'fastify-socketio-transports/inspector'
import { tellStory } from './story.js'

const PACKAGES = {
  0.9: 'socket.io-client-0.9', '1.x': 'socket.io-client-1', '2.x': 'socket.io-client-2', '3.x': 'socket.io-client-3', '4.x': 'socket.io-client'
}
const clients = Object.entries(PACKAGES).map(([generation, name]) => {
  const file = createRequire(import.meta.url).resolve(`${name}/package.json`)
  return { generation, version: JSON.parse(readFileSync(file)).version, dist: join(dirname(file), 'dist') }
})

const LOCAL = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1'])

/**
 * @param {import('fastify-socketio-transports').SocketioTransportsOptions} [options] more options of the plugin
 * @param {{ restart?: () => void, inspector?: boolean }} [page] what the button Restart does; whether the inspector is served, to visitors on this machine
 */
export async function buildLive (options, page) {
  const app = Fastify({ forceCloseConnections: true })
  await app.register(fastifyStatic, { root: fileURLToPath(new URL('public', import.meta.url)) })
  for (const { generation, dist } of clients) {
    await app.register(fastifyStatic, { root: dist, prefix: `/clients/${generation}`, decorateReply: false })
  }
  const versions = Object.fromEntries(clients.map(({ generation, version }) => [generation, version]))
  // The inspector's words for frames, and its colours.
  await app.register(fastifyStatic, {
    root: fileURLToPath(new URL('../../inspector', import.meta.url)),
    prefix: '/parts/',
    decorateReply: false,
    allowedPath: (path) => ['/wire.js', '/palette.css'].includes(path)
  })
  app.get('/clients.json', async () => versions)

  const story = tellStory(app, page)
  await app.register(socketioTransports, {
    transports: ['websocket', 'polling', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling'],
    cors: { origin: /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/ }, // the page uses several host names, see app.js
    serveClient: clients[0].dist, // at /socket.io/socket.io.js, the URL that pages of 0.9 use
    drainTimeout: 5000, // after Ctrl+C: the clients reconnect to the next server, a few at a time
    authorize: story.isWelcome,
    io: {},
    ...options
  })

  if (page?.inspector) await app.register(inspector, { prefix: '/inspector', authorize: ({ ip }) => LOCAL.has(ip) })

  app.io.on('connection', (socket) => {
    socket.join('everyone')
    socket.on('which transport', (ack) => ack?.(socket.conn.transport.name))
    socket.on('echo', (x, ack) => ack?.(x))
    socket.on('message', (text) => socket.send(text))
    socket.on('say', (id, text, from) => app.io.to('everyone').emit('said', id, text, from))
  })
  return app
}
