// What the WebSocket of a link costs: polls that are answered at once, over a link (ws) and over TCP with a length before each message, in turn. Both ends are in this
// process. `node bench/link.mjs`, after `npm run build`.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import process from 'node:process'
import { connectLink } from '../dist/cluster/link/connect.js'
import { decodeEdge, decodeOwner } from '../dist/cluster/link/decode.js'
import { LinkEdge } from '../dist/cluster/link/edge.js'
import { listenForLinks } from '../dist/cluster/link/listen.js'
import { MessageReader } from '../dist/cluster/link/messages.js'
import { Outgoing } from '../dist/cluster/link/outgoing.js'
import { LinkOwner } from '../dist/cluster/link/owner.js'

const ROUNDS = 9
const POLLS = 20_000
/** Polls at a time: alone, and as under load. */
const PARALLEL = [1, 50]
const MAX = 1024 * 1024
const PAYLOAD = '42["message",{"text":"a message as in a chat, of about a hundred bytes","from":"somebody","at":1764360000000}]'
const REQUEST = { sid: 'tag-of-aAbCdEfGhIjKlMnOpQrS', dialect: 'engine 4', transport: 'polling', isUpgrade: false, isScript: false }

const sessions = {
  poll (_request, poll) {
    poll.send(PAYLOAD)
    return { settled () {}, release () {} }
  }
}
const silent = { info () {}, debug () {}, warn () {}, error: console.error }
const host = { sessions, count: () => 0, hold: () => true, log: silent }

async function overWebSocket () {
  const secrets = ['a secret of at least 32 characters']
  const listener = await listenForLinks({
    listen: { host: '127.0.0.1', port: 0 }, secrets, host, self: { tag: 'tag-of-a', address: { host: 'a', port: 1 } }, state: () => 'serving', onPeer () {}
  })
  let link
  const edge = await new Promise((resolve) => {
    link = connectLink({ address: listener.address, secrets, host, self: { tag: 'tag-of-b', address: { host: 'b', port: 1 } }, onUp: resolve, onState () {}, onDown () {} })
  })
  return { edge, close: () => { link.close(); return listener.close() } }
}

/** Messages over TCP: their length, then their bytes. */
function pipe (socket, reader, receive) {
  let rest = Buffer.alloc(0)
  socket.setNoDelay(true)
  socket.on('data', (chunk) => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    while (rest.length >= 4) {
      const end = 4 + rest.readUInt32BE(0)
      if (rest.length < end) break
      for (const record of reader.read(rest.subarray(4, end))) receive(record)
      rest = rest.subarray(end)
    }
  })
  return new Outgoing({
    hold: () => true,
    write (message, written) {
      const length = Buffer.allocUnsafe(4)
      length.writeUInt32BE(message.length)
      socket.cork()
      socket.write(length)
      socket.write(message, written)
      socket.uncork()
    }
  })
}

async function overTcp () {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect(server.address().port, '127.0.0.1')
  const [other] = await once(server, 'connection')
  const ofEdge = pipe(socket, new MessageReader(decodeOwner, () => MAX), (record) => edge.receive(record))
  const edge = new LinkEdge({ tag: 'tag-of-a', address: { host: 'a', port: 1 }, rtt: () => undefined, onState () {}, send: (record) => ofEdge.send(record), offer: (record) => ofEdge.offer(record) })
  const ofOwner = pipe(other, new MessageReader(decodeEdge, () => MAX), (record) => owner.receive(record))
  const owner = new LinkOwner({ sessions, send: (record) => ofOwner.send(record) })
  return { edge, close: () => { socket.destroy(); other.destroy(); server.close() } }
}

/** CPU of one poll, µs. */
async function measure (edge, parallel) {
  const before = process.cpuUsage()
  await new Promise((resolve) => {
    let [begun, done] = [0, 0]
    const begin = () => {
      begun++
      const owner = edge.poll(REQUEST, {
        send () {
          owner.settled(true)
          if (++done === POLLS) resolve()
          else if (begun < POLLS) begin()
          return 0
        },
        destroy () {},
        refuse ({ detail }) { throw new Error(detail) }
      })
    }
    for (let i = 0; i < parallel; i++) begin()
  })
  const { user, system } = process.cpuUsage(before)
  return (user + system) / POLLS
}

const sorted = (values) => values.toSorted((one, other) => one - other)
const links = { ws: await overWebSocket(), tcp: await overTcp() }
for (const parallel of PARALLEL) {
  const results = { ws: [], tcp: [] }
  for (const { edge } of Object.values(links)) await measure(edge, parallel)
  for (let round = 0; round < ROUNDS; round++) for (const [name, { edge }] of Object.entries(links)) results[name].push(await measure(edge, parallel))
  const [ws, tcp] = [sorted(results.ws), sorted(results.tcp)]
  const middle = ROUNDS >> 1
  console.log(`${parallel} at a time: ws ${ws[0].toFixed(1)} µs (median ${ws[middle].toFixed(1)}), TCP ${tcp[0].toFixed(1)} µs (median ${tcp[middle].toFixed(1)}), ` +
    `ratio ${(ws[0] / tcp[0]).toFixed(2)} (median ${(ws[middle] / tcp[middle]).toFixed(2)})`)
}
for (const { close } of Object.values(links)) await close()
