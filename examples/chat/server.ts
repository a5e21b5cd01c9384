// A chat in TypeScript: the events have types in both directions, and so has what `authorize` returns.
//   npm run example:chat
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import fastifyStatic from '@fastify/static'
import socketioTransports from 'fastify-socketio-transports'
import type { Server } from 'socket.io'
import { readFlags, run } from '../shared/command.js'
import type { ClientToServer, Message, ServerToClient } from './events.ts'

declare module 'fastify-socketio-transports' {
  interface SocketioTypes {
    /** What `authorize` returns. */
    context: { user: string }
    /** The type of `app.io`. */
    server: Server<ClientToServer, ServerToClient>
  }
}

const flags = readFlags({ about: 'A chat in TypeScript. Open it in two windows.', command: 'npm run example:chat' })
const app = Fastify({ forceCloseConnections: true })
await app.register(fastifyStatic, {
  root: ['public', '../shared/public'].map((folder) => fileURLToPath(new URL(folder, import.meta.url)))
})

await app.register(socketioTransports, {
  serveClient: 'node_modules/socket.io/client-dist', // at /socket.io/socket.io.esm.min.js
  authorize: ({ query }) => {
    const user = query.user?.toString().trim().slice(0, 24)
    return user !== undefined && user !== '' && { user } // false: the client is refused
  },
  drainTimeout: 1000,
  io: {}
})

const history: Message[] = []
const users = new Map<string, string>()
const tellUsers = () => app.io.emit('users', [...new Set(users.values())])

app.io.on('connection', (socket) => {
  const session = app.socketio.sessionOf(socket)
  if (session === undefined) return // the connection has ended already
  const { user } = session.context

  users.set(socket.id, user)
  tellUsers()
  socket.emit('history', history)

  socket.on('say', (text, ack) => {
    // Types say what our own page sends. Other programs may send anything.
    if (typeof ack !== 'function') return
    if (typeof text !== 'string' || text.trim() === '') return ack({ ok: false, why: 'A message needs text.' })
    const message = { user, text: text.slice(0, 1000), at: new Date().toISOString() }
    history.push(message)
    if (history.length > 50) history.shift()
    socket.broadcast.emit('said', message)
    ack({ ok: true, at: message.at })
  })

  socket.on('typing', () => socket.broadcast.volatile.emit('typing', user))

  socket.on('disconnect', () => {
    users.delete(socket.id)
    tellUsers()
  })
})

await run(app, flags)
