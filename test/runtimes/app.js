// An application of a user, in a process of its own, on any runtime: it imports the packages by their names. Its argument is what it is made of, as JSON (app.ts).
// It tells its parent its port, and then does what it is asked.
import process from 'node:process'
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { answerScenario } from './scenario-answers.js'

const { options = {}, server = {}, face = 'server', port = 0, extras = {} } = JSON.parse(process.argv[2])

/** Warnings and errors of the log. */
const lines = []
/** What hooks onResponse have seen. */
const responses = []
const logger = { level: 'warn', stream: { write: (line) => { lines.push(JSON.parse(line)) } } }
const app = Fastify({ logger, forceCloseConnections: true, ...server })

async function authorize ({ query }) {
  if (query.as === 'late') await new Promise((resolve) => setTimeout(resolve, 50))
  return query.as !== 'nobody' && query.as !== 'late'
}

if (extras.onResponse) app.addHook('onResponse', async ({ url, ip }, { statusCode }) => { responses.push({ url: url.split('?')[0], ip, statusCode }) })
if (extras.ownWebsocket) await app.register((await import('@fastify/websocket')).default)
app.get('/', () => 'hello')

let failure
try {
  await app.register(socketioTransports, { authorize, ...options, ...(face === 'server' && { io: options.io ?? {} }) })
} catch ({ code, message }) {
  failure = { code, message }
}

function echoPackets (socket) {
  socket.on('packet', (packet) => {
    if (packet.type === 'message') socket.send({ type: 'message', data: packet.data })
    if (packet.type === 'event') socket.send({ type: 'event', name: packet.name, args: packet.args })
    if ('ack' in packet && packet.ack === 'data' && packet.id !== undefined) socket.send({ type: 'ack', id: packet.id, args: packet.args })
  })
}

if (failure === undefined) {
  if (extras.middleware) {
    app.socketio.use((request, response, next) => {
      response.setHeader('x-middleware', String(request._query.as))
      next()
    })
  }
  if (face === 'server') answerScenario(app.io)
  else app.socketio.on('connection', echoPackets)
  if (extras.headers) app.socketio.on('headers', (headers) => { headers['x-own'] = 'yes' })
  await app.listen({ port, host: '127.0.0.1' })
}
let isClosing = false
process.once('SIGTERM', async () => {
  isClosing = true
  await app.close()
  process.disconnect() // then nothing keeps the process
})
process.once('disconnect', () => { if (!isClosing) process.exit() })

/** Sends text to all clients until their sessions end, or the time is over. */
async function flood ({ size, ms }) {
  const text = 'x'.repeat(size)
  let most = 0
  for (const end = Date.now() + ms; Date.now() < end && app.socketio.sessions.size > 0;) {
    for (let i = 0; i < 10; i++) app.io.emit('flood', text)
    most = Math.max(most, app.socketio.metrics.queuedBytes)
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return { most }
}

const ACTIONS = {
  state: () => ({
    sessions: app.socketio.sessions.size,
    transports: [...app.socketio.sessions.values()].map(({ transport }) => transport.name),
    metrics: app.socketio.metrics,
    lines,
    responses
  }),
  flood,
  async inject (request) {
    const { statusCode, headers, body } = await app.inject(request)
    return { statusCode, headers, body }
  },
  async injectWS (path) {
    let told
    const socket = await app.injectWS(path, {}, { onInit (ws) { told = new Promise((resolve) => ws.once('message', (data) => resolve(String(data)))) } })
    const first = await told
    socket.terminate()
    return first
  },
  async close () {
    const since = Date.now()
    await app.close()
    return { ms: Date.now() - since }
  }
}

process.on('message', async ([name, argument]) => {
  try {
    process.send({ told: await ACTIONS[name](argument) })
  } catch (error) {
    process.send({ failed: String(error?.stack ?? error) })
  }
})
process.send({ failure, lines, port: app.server.address()?.port })
