// Sessions and authentication: a login form, and sockets that know who is logged in. All tabs of a user show the same list. A logout ends the sockets of
// its session.
//   npm run example:sessions
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import Fastify from 'fastify'
import fastifyCookie from '@fastify/cookie'
import fastifyCsrf from '@fastify/csrf-protection'
import fastifyFormbody from '@fastify/formbody'
import fastifySession from '@fastify/session'
import fastifyStatic from '@fastify/static'
import socketioTransports from 'fastify-socketio-transports'
import { readFlags, run } from '../shared/command.js'

const flags = readFlags({ about: 'Sessions and authentication: log in, open a second tab, log out.', command: 'npm run example:sessions' })
const pathOf = (name) => fileURLToPath(new URL(name, import.meta.url))

/** In an application: a database, with hashes instead of passwords. */
const PASSWORDS = new Map([['ada', 'lovelace'], ['grace', 'hopper']])
const lists = new Map([...PASSWORDS.keys()].map((user) => [user, []]))

const app = Fastify({ forceCloseConnections: true })
await app.register(fastifyFormbody)
await app.register(fastifyCookie)
await app.register(fastifySession, {
  secret: process.env.SESSION_SECRET ?? randomBytes(32).toString('hex'), // a random one: everybody has to log in again after a restart
  saveUninitialized: false, // else each request without a cookie stores a session, also those of clients
  cookie: { secure: 'auto', sameSite: 'lax', maxAge: 8 * 3600 * 1000 }
})
await app.register(fastifyCsrf, { sessionPlugin: '@fastify/session' })
await app.register(fastifyStatic, { root: [pathOf('public'), pathOf('../shared/public')], index: false })

await app.register(socketioTransports, {
  serveClient: 'node_modules/socket.io/client-dist',
  // Runs once for each client, in its handshake, after the session was read. Nobody who is not logged in gets a socket.
  authorize: ({ session }) => session.user !== undefined && { user: session.user, sessionId: session.sessionId },
  drainTimeout: 1000,
  io: {}
})

const userRoom = (user) => `user ${user}`
const sessionRoom = (sessionId) => `session ${sessionId}`

app.io.on('connection', (socket) => {
  const { user, sessionId } = app.socketio.sessionOf(socket)?.context ?? {}
  if (user === undefined) return // the connection has ended already
  const tellTabs = () => app.io.to(userRoom(user)).emit('tabs', app.io.of('/').adapter.rooms.get(userRoom(user))?.size ?? 0)
  const tellList = () => app.io.to(userRoom(user)).emit('list', lists.get(user))

  socket.join([userRoom(user), sessionRoom(sessionId)])
  socket.emit('list', lists.get(user))
  tellTabs()

  socket.on('add', (text, ack) => {
    if (typeof ack !== 'function') return
    if (typeof text !== 'string' || text.trim() === '' || text.length > 80) return ack('An entry has 1 to 80 characters.')
    const list = lists.get(user)
    if (list.length === 20) return ack('The list is full.')
    list.push(text.trim())
    tellList()
    ack(null)
  })
  socket.on('remove', (index) => {
    if (!Number.isInteger(index) || index < 0) return
    lists.get(user).splice(index, 1)
    tellList()
  })
  socket.on('disconnect', tellTabs)
})

const escape = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)

/** An HTML file, with values in place of `{{name}}`. */
function sendPage (reply, name, values) {
  const html = readFileSync(pathOf(name), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, key) => escape(values[key]))
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(html)
}

app.get('/', async ({ session }, reply) => {
  const csrf = reply.generateCsrf()
  return session.user === undefined ? sendPage(reply, 'login.html', { csrf, error: '' }) : sendPage(reply, 'list.html', { csrf, user: session.user })
})

/** For the page, when it could not connect: is it still logged in? */
app.get('/me', async ({ session }, reply) => session.user === undefined ? reply.code(401).send({}) : { user: session.user })

app.post('/login', { preHandler: app.csrfProtection }, async ({ body, session }, reply) => {
  const { user, password } = body
  if (!PASSWORDS.has(user) || PASSWORDS.get(user) !== password) {
    return sendPage(reply.code(401), 'login.html', { csrf: reply.generateCsrf(), error: 'Name or password is wrong.' })
  }
  await session.regenerate() // a new id: one that somebody has planted before the login is worth nothing
  reply.request.session.user = user
  return reply.redirect('/')
})

app.post('/logout', { preHandler: app.csrfProtection }, async ({ session }, reply) => {
  const room = sessionRoom(session.sessionId)
  await session.destroy()
  app.io.in(room).disconnectSockets(true) // in all tabs of this browser; the user's other browsers stay
  return reply.redirect('/')
})

await run(app, flags)
