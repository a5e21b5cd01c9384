// This plugin as one node, and as one of two: with packets, as targets/self.mjs. Requests of all sessions arrive at the node `edge`.
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { nodes } from 'fastify-socketio-transports/cluster'

const SECRET = 'a secret of the benchmark, which no one has to keep'
const ENGINE = { path: '/socket.io', app: 'raw' }
const POLLING = { 'eio4-polling': ENGINE, 'eio4-polling-parked': ENGINE, 'rev1-xhr-polling': {}, 'rev1-xhr-polling-parked': {} }
const WEBSOCKETS = { 'eio4-upgrade': ENGINE, 'rev1-websocket': {} }
/** A WebSocket without a handshake before it opens its session where it arrives. */
const NEVER_FORWARDED = { 'eio4-websocket': ENGINE }

async function serve (port, cluster) {
  const app = Fastify()
  await app.register(socketioTransports, { transports: ['websocket', 'xhr-polling', 'polling'], ...cluster === undefined ? {} : { cluster } })
  app.socketio.on('connection', (socket) => {
    if (socket.dialect !== 'revision 1') socket.on('data', (data) => socket.write(data))
    else socket.on('packet', ({ type, data }) => { if (type === 'message') socket.send({ type, data }) })
  })
  await app.listen({ port, host: '127.0.0.1', backlog: 4096 })
}

const member = (port, { node, linkPorts }) => serve(port, nodes({
  secret: SECRET,
  listen: { host: '127.0.0.1', port: linkPorts[node] },
  peers: linkPorts.map((each) => `127.0.0.1:${each}`)
}))

/** As with several nodes, all of these are behind a proxy: it opens sessions over connections that they share. */
const behindProxy = true
export const direct = { name: 'one node', behindProxy, dialects: { ...POLLING, ...WEBSOCKETS, ...NEVER_FORWARDED }, serve: (port) => serve(port) }
export const idle = { ...direct, name: 'two nodes, nothing forwarded', nodes: 2, edge: 0, serve: member }
export const forwarded = { name: 'two nodes, all forwarded', behindProxy, dialects: { ...POLLING, ...WEBSOCKETS }, nodes: 2, edge: 1, serve: member }
