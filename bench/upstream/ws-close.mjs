// Which streams ws ends once more after they have ended, by how a connection of a server ends: node bench/upstream/ws-close.mjs
// Each of these calls makes an Error that nobody sees. See docs/performance.md, "For Node and ws".
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket, WebSocketServer } from 'ws'

const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
await once(server, 'listening')

const caller = () => /(\w+) \([^\n]*websocket\.js/.exec(new Error('where').stack)?.[1]

/** Notes calls of `end` for which lib/internal/streams/writable.js makes an error. */
function watch (name, stream, seen) {
  const { end } = stream
  stream.end = function (...args) {
    const { ending, errored, finished, destroyed } = stream._writableState
    if ((ending || errored) && (finished || destroyed)) seen.push(`${name}.end() in ${caller()}`)
    return end.apply(stream, args)
  }
}

const WAYS = {
  'the client closes': (client) => client.close(),
  'the server closes': (_, connection) => connection.close(),
  'the client ends its TCP connection': (client) => client._socket.end(),
  'the client resets its TCP connection': (client) => client._socket.resetAndDestroy()
}

for (const [way, finish] of Object.entries(WAYS)) {
  const client = new WebSocket(`ws://127.0.0.1:${server.address().port}`)
  const [[connection]] = await Promise.all([once(server, 'connection'), once(client, 'open')])
  connection.on('error', () => {})
  client.on('error', () => {})
  const seen = []
  watch('receiver', connection._receiver, seen)
  watch('socket', connection._socket, seen)
  finish(client, connection)
  await once(connection, 'close')
  await sleep(50)
  console.log(`${way}: ${[seen.length, ...seen].join(', ')}`)
}
server.close()
