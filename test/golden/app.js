// The application behind the transcripts (APP.md), on the plugin with the official Server:
//   node test/golden/app.js --port N --config JSON [--nodes N]
// The config has the old server's option names, times in seconds; the other defaults are the same.
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { Server } from 'socket.io'
import { toOptions } from '../../examples/old-options.js'
import { buildNodes } from '../kit/cluster/build-nodes.js'

const { values } = parseArgs({ options: { port: { type: 'string' }, config: { type: 'string', default: '{}' }, nodes: { type: 'string', default: '1' } } })

/** Several nodes have one Server, because the transcripts broadcast. */
const io = new Server()

async function build (options, isFirst = true) {
  const app = Fastify({ forceCloseConnections: true })
  const { flashPolicy, ...old } = toOptions({ 'destroy buffer size': 1e8, origins: '*:*', ...JSON.parse(values.config) })
  await app.register(socketioTransports, {
    transports: ['websocket', 'flashsocket', 'htmlfile', 'xhr-polling', 'jsonp-polling'],
    ...old,
    // One process has the port of policies once.
    ...(flashPolicy !== undefined && { flashPolicy: isFirst ? flashPolicy : { ...Object(flashPolicy), port: false } }),
    authorize ({ query }) {
      if (query.auth === 'err') throw new Error('authorization failed')
      return query.auth !== 'no'
    },
    serveClient: dirname(createRequire(import.meta.url).resolve('socket.io-client-0.9/dist/socket.io.js')),
    io,
    ...options
  })
  app.setNotFoundHandler((request, reply) => reply.code(404).send('app'))
  return app
}

const front = values.nodes === '1' ? await build() : await buildNodes(build, Number(values.nodes))

/** An event with a plain id, which the Server cannot ask for: by the packet face of the same connection. */
function emitPlain (socket, name, args, onAck) {
  const connection = front.socketio.sessionOf(socket)
  const endpoint = socket.nsp.name === '/' ? '' : socket.nsp.name
  const id = connection.send({ type: 'event', endpoint, name, args, ack: 'plain' })
  connection.on('packet', function listen (packet) {
    if (packet.type !== 'ack' || packet.id !== id) return
    connection.off('packet', listen)
    onAck(...packet.args)
  })
}

function run (socket, actions) {
  const acked = (...args) => socket.emit('acked', ...args)
  const commands = {
    send: (x) => socket.send(x),
    json: (x) => socket.send(x),
    emit: (name, ...args) => socket.emit(name, ...args),
    'send+ack': (x) => socket.send(x, acked),
    'json+ack': (x) => socket.send(x, acked),
    'emit+ack': (name, ...args) => socket.emit(name, ...args, acked),
    'emit+ack0': (name, ...args) => emitPlain(socket, name, args, acked),
    volatile: (x) => socket.volatile.send(x),
    broadcast: (x) => socket.broadcast.emit('message', x),
    disconnect: () => socket.disconnect(socket.nsp.name === '/'),
    wait: (time, ...then) => setTimeout(run, time, socket, then)
  }
  for (const [command, ...args] of actions) commands[command](...args)
}

function connected (socket) {
  socket.on('message', (data, ack) => {
    socket.send(data)
    ack?.('got')
  })
  socket.on('echo', (...args) => {
    const ack = typeof args.at(-1) === 'function' ? args.pop() : undefined
    if (ack) ack(...args)
    else socket.emit('echo', ...args)
  })
  socket.on('do', (...actions) => run(socket, actions))
}

io.on('connection', connected)
io.of('/chat').on('connection', connected)
io.of('/refused').use((socket, next) => next(new Error('unauthorized')))
io.of('/broken').use((socket, next) => next(new Error('boom')))

await front.listen({ port: Number(values.port), host: '127.0.0.1' })
console.log(`listening on ${values.port}`)
for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => front.close().then(() => process.exit(0)))
