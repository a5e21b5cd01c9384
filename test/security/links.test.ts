// The port for links, and the addresses that a node connects to, with hostile peers: strangers, replays, impostors, and nodes that stall or break the rules.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import t from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { decodeEdge, decodeOwner } from '../../src/cluster/link/decode.js'
import { encode } from '../../src/cluster/link/encode.js'
import { answerChallenge, answerHello, newHello } from '../../src/cluster/link/handshake.js'
import { lengthOf, MessageReader, pieceOf } from '../../src/cluster/link/messages.js'
import { prove } from '../../src/cluster/link/proof.js'
import type { Challenge, Hello, LinkRecord, OwnerRecord } from '../../src/cluster/link/records.js'
import { EDGE, OWNER, SECRET, startEdge, startOwner } from '../kit/cluster/link.js'
import type { FakeOwner } from '../kit/cluster/link.js'
import { delayed } from '../kit/network/delay-line.js'
import type { Teardown } from '../kit/teardown.js'
import { until } from '../kit/waiting.js'
import { answerTo, fakePoll } from '../unit/cluster/link/pair.js'
import type { Calls } from '../unit/cluster/link/pair.js'
import { request } from '../unit/cluster/link/samples.js'

const PATH = '/socketio-link'
const SELF = { tag: EDGE, address: { host: 'edge.example', port: 7071 } }

const portOf = ({ address }: FakeOwner): number => 'port' in address ? address.port : 0

function toMessage (record: LinkRecord): Buffer {
  const { bytes } = pieceOf(encode(record), 0)
  return bytes
}

/** A connection of TCP that nobody reads until it closes. */
async function dial (t: Teardown, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => {}).resume()
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** A WebSocket at the port for links, by someone who may have the secret. */
class Stranger {
  readonly socket: WebSocket
  readonly records: OwnerRecord[] = []
  code: number | undefined

  constructor (t: Teardown, port: number, path = PATH) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false })
    const reader = new MessageReader(decodeOwner, () => 0)
    this.socket.on('message', (data) => { if (Buffer.isBuffer(data)) this.records.push(...reader.read(data)) })
    this.socket.on('error', () => {})
    this.socket.on('close', (code) => { this.code = code })
    t.teardown(() => this.socket.terminate())
  }

  async send (...records: LinkRecord[]): Promise<void> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open')
    this.socket.send(Buffer.concat(records.map(toMessage)))
  }

  /** Waits for the close frame. */
  async closed (): Promise<number | undefined> {
    await until(() => this.code !== undefined)
    return this.code
  }

  async challenge (hello: Hello): Promise<Challenge> {
    await this.send(hello)
    await until(() => this.records.length > 0)
    const [first] = this.records
    if (first?.type !== 'challenge') throw new Error('no challenge')
    return first
  }

  /** Becomes a node. */
  async prove (): Promise<this> {
    const hello = newHello(SELF)
    const proof = answerChallenge(await this.challenge(hello), hello, [SECRET])
    if (proof === undefined) throw new Error('the owner has another secret')
    await this.send(proof)
    await until(() => this.records.length > 1)
    return this
  }
}

/** Whether a node can still link. */
const isReached = async (t: Teardown, owner: FakeOwner): Promise<boolean> => (await startEdge(t, owner.address).up()).tag === OWNER

t.test('strangers at the port for links are refused, and logged once for each cause', async (t) => {
  const owner = await startOwner(t)
  const port = portOf(owner)
  for (let attempt = 0; attempt < 3; attempt++) {
    for (const bytes of [randomBytes(2000), 'GET / HTTP/1.1\r\nHost: a\r\n\r\n', `GET ${PATH} HTTP/1.1\r\nHost: a\r\n\r\n`, 'GET / HTTP/1.1\r\n' + 'a'.repeat(8000)]) {
      const socket = await dial(t, port)
      socket.end(bytes)
      await once(socket, 'close')
    }
    const elsewhere = new Stranger(t, port, '/socket.io/?EIO=4&transport=websocket')
    await elsewhere.closed()
    const texts = new Stranger(t, port)
    await once(texts.socket, 'open')
    texts.socket.send('hello')
    t.equal(await texts.closed(), 4003)
    const noise = new Stranger(t, port)
    await once(noise.socket, 'open')
    noise.socket.send(Buffer.alloc(20, 0xff))
    t.equal(await noise.closed(), 4003)
    const long = new Stranger(t, port)
    await once(long.socket, 'open')
    long.socket.send(Buffer.alloc(70_000))
    t.equal(await long.closed(), 1009)
  }
  t.strictSame(owner.host.warnings.filter((line, at, all) => all.indexOf(line) !== at), [])
  t.ok(owner.host.warnings.length >= 5)
  t.ok(owner.host.warnings.every((line) => line.startsWith('connection to the port for links refused: ')))
  t.ok(await isReached(t, owner))
})

t.test('before the proof, nothing but the handshake is taken', async (t) => {
  const owner = await startOwner(t)
  const piece = encode({ type: 'frame', stream: 1, frame: Buffer.alloc(100_000) })
  t.ok(lengthOf(piece) > 100_000)
  const cases: readonly (readonly [string, ...Buffer[]])[] = [
    ['a poll', toMessage({ type: 'poll', stream: 1, request })],
    ['a proof without a hello', toMessage({ type: 'proof', proof: randomBytes(32) })],
    ['two hellos', toMessage(newHello(SELF)), toMessage(newHello(SELF))],
    ['a poll behind the hello', toMessage(newHello(SELF)), toMessage({ type: 'poll', stream: 1, request })],
    ['a part of a long record', pieceOf(piece, 0).bytes],
    ['a tag that is none', toMessage({ ...newHello(SELF), tag: 'x' })]
  ]
  for (const [name, ...messages] of cases) {
    const stranger = new Stranger(t, portOf(owner))
    await once(stranger.socket, 'open')
    for (const message of messages) stranger.socket.send(message)
    t.equal(await stranger.closed(), 4003, name)
  }
  t.strictSame(owner.peers, [])
})

t.test('a node of another version is refused, and the log says what to do', async (t) => {
  const owner = await startOwner(t)
  const stranger = new Stranger(t, portOf(owner))
  await stranger.send({ ...newHello(SELF), version: 2 })
  t.equal(await stranger.closed(), 4001)
  t.match(owner.host.warnings, [/speaks version 2 .* this node version 1; run the same version/])
})

t.test('a proof of another secret, of another role, of other nonces or of another tag is none', async (t) => {
  const owner = await startOwner(t)
  const attempts: readonly ((hello: Hello, challenge: Challenge) => Buffer)[] = [
    () => randomBytes(32),
    (hello, challenge) => prove('another secret of 32 characters or more', 'edge', { hello, challenge }),
    (_hello, { proofs: [proof = randomBytes(32)] }) => proof, // reflected
    (hello, challenge) => prove(SECRET, 'owner', { hello, challenge }),
    (hello, challenge) => prove(SECRET, 'edge', { hello: { ...hello, nonce: randomBytes(32) }, challenge }),
    (hello, challenge) => prove(SECRET, 'edge', { hello, challenge: { ...challenge, nonce: randomBytes(32) } }),
    (hello, challenge) => prove(SECRET, 'edge', { hello: { ...hello, tag: 'tag-of-c' }, challenge }),
    (hello, challenge) => prove(SECRET, 'edge', { hello: { ...hello, address: 'elsewhere:1' }, challenge })
  ]
  for (const attempt of attempts) {
    const stranger = new Stranger(t, portOf(owner))
    const hello = newHello(SELF)
    await stranger.send({ type: 'proof', proof: attempt(hello, await stranger.challenge(hello)) })
    t.equal(await stranger.closed(), 4002)
  }
  t.strictSame(owner.peers, [])
  t.equal(owner.host.warnings.length, 1)
})

t.test('a recorded handshake is worth nothing', async (t) => {
  const owner = await startOwner(t)
  const line = await delayed(t, portOf(owner), 0)
  const edge = startEdge(t, { host: '127.0.0.1', port: line.port })
  await edge.up()
  const recorded = Buffer.from(line.passed[0]?.up ?? '', 'latin1')
  edge.close()
  const again = await dial(t, portOf(owner))
  again.write(recorded)
  await once(again, 'close')
  t.strictSame(owner.peers.length, 1)
  t.match(owner.host.warnings, [/another secret/])

  // The other direction: a service that says what the owner has said.
  const answers = Buffer.from(line.passed[0]?.down ?? '', 'latin1')
  const impostor = createServer((socket) => socket.on('error', () => {}).once('data', (data) => {
    // The key of the handshake of the WebSocket differs: it has to be answered rightly to get further.
    const at = answers.indexOf('\r\n\r\n') + 4
    socket.write(accept(String(data)))
    socket.write(answers.subarray(at))
  })).listen(0, '127.0.0.1')
  t.teardown(() => impostor.close())
  await once(impostor, 'listening')
  const deceived = startEdge(t, { host: '127.0.0.1', port: (impostor.address() as AddressInfo).port })
  t.match(await deceived.failed(), /another secret, or is no node/)
  t.strictSame(deceived.ups, [])
})

/** The head with which a server accepts a WebSocket. */
function accept (head: string): string {
  const [, key = ''] = /sec-websocket-key: (\S+)/i.exec(head) ?? []
  const hash = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  return `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${hash}\r\n\r\n`
}

t.test('a foreign service at the address of a node is no node, and it is logged once', async (t) => {
  const services: readonly (readonly [name: string, serve: (socket: WebSocket) => void])[] = [
    ['greets', (socket) => { socket.send('{"type":"welcome"}') }],
    ['sends noise', (socket) => { socket.send(randomBytes(100)) }],
    ['echoes', (socket) => { socket.on('message', (data, isBinary) => { socket.send(data, { binary: isBinary }) }) }],
    ['hangs up', (socket) => { socket.close(4004) }],
    ['answers with a proof of its own', (socket) => {
      const reader = new MessageReader(decodeEdge, () => 0)
      socket.on('message', (data) => {
        const [hello] = Buffer.isBuffer(data) ? reader.read(data) : []
        if (hello?.type === 'hello') socket.send(toMessage(answerHello(hello, { tag: OWNER, address: SELF.address }, ['a secret that nobody else has, as such'])))
      })
    }]
  ]
  for (const [name, serve] of services) {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    t.teardown(() => server.close())
    server.on('connection', serve)
    await once(server, 'listening')
    const edge = startEdge(t, { host: '127.0.0.1', port: (server.address() as AddressInfo).port })
    await until(() => edge.failures.length === 3)
    t.equal(edge.host.warnings.length, 1, name)
    t.strictSame([edge.ups, edge.selves], [[], 0])
    edge.close()
  }
})

t.test('a node that breaks the rules loses its link, and nothing else happens', async (t) => {
  const owner = await startOwner(t)
  const breaches: readonly (readonly [name: string, ...records: LinkRecord[]])[] = [
    ['sends beyond the window', { type: 'open', stream: 1, request }, ...Array.from({ length: 3 }, () => ({ type: 'frame', stream: 1, frame: 'x'.repeat(50_000) } as const))],
    ['begins a stream twice', { type: 'poll', stream: 1, request }, { type: 'poll', stream: 1, request }],
    ['sends what owners send', { type: 'accepted', stream: 1 }],
    ['introduces itself again', newHello(SELF)]
  ]
  for (const [name, ...records] of breaches) {
    const node = await new Stranger(t, portOf(owner)).prove()
    for (const record of records) await node.send(record)
    t.equal(await node.closed(), 4003, name)
  }
  t.ok(await isReached(t, owner))
})

/** A proxy that stops to pass anything on. */
async function stallingProxy (t: Teardown, port: number) {
  const sockets: Socket[] = []
  const server = createServer((client) => {
    const target = connect(port, '127.0.0.1')
    for (const socket of [client, target]) sockets.push(socket.on('error', () => {}))
    client.pipe(target)
    target.pipe(client)
  }).listen(0, '127.0.0.1')
  t.teardown(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stall () { for (const socket of sockets) socket.unpipe().pause() }
  }
}

t.test('limits of time', { jobs: 3 }, async (t) => {
  t.test('a link that stalls is broken after 3 s on both sides, and what waits is refused', async (t) => {
    const owner = await startOwner(t)
    const proxy = await stallingProxy(t, portOf(owner))
    const edge = startEdge(t, { host: '127.0.0.1', port: proxy.port })
    const link = await edge.up()
    const calls: Calls = []
    link.poll(request, fakePoll(calls))
    await until(() => owner.host.held === 0)
    proxy.stall()
    const since = performance.now()
    edge.host.room = 8 * 1024 * 1024
    const sent = Array.from({ length: 40 }, () => link.post(request, 'x'.repeat(1024 * 1024), answerTo(calls))).length
    t.match(calls.at(-1), /^refuse\(node unreachable: too many bytes wait/, 'what has no room is refused at once')
    t.ok(edge.host.held <= edge.host.room)
    t.equal(await edge.down(), 'silent for 3 s')
    const time = performance.now() - since
    t.ok(time > 2000 && time < 10_000, `${time} ms`)
    t.equal(calls.length, sent + 1)
    t.equal(calls.filter((call) => call === 'refuse(node lost: silent for 3 s)').length, calls.filter((call) => !call.includes('unreachable')).length)
    t.equal(edge.host.held, 0)
    await until(() => owner.host.lines.some(({ msg }) => msg.includes('a link of another node has ended: silent for 3 s')))
  })

  t.test('who does not prove itself in 5 s is refused, and the oldest make room for nodes', async (t) => {
    const owner = await startOwner(t)
    const silent = await Promise.all(Array.from({ length: 62 }, () => dial(t, portOf(owner))))
    const mute = new Stranger(t, portOf(owner))
    await once(mute.socket, 'open')
    const late = new Stranger(t, portOf(owner))
    await late.challenge(newHello(SELF))
    const closed = silent.map((socket) => once(socket, 'close'))
    t.ok(await isReached(t, owner), 'the 65th')
    await Promise.race(closed)
    await Promise.all([...closed, mute.closed(), late.closed()])
    t.match([...owner.host.warnings].sort(), [/has not proven itself in 5 s/, /has sent no request in 5 s/])
    t.ok(await isReached(t, owner))
  })

  t.test('an address that accepts connections and says nothing is given up after 5 s', async (t) => {
    const server = createServer((socket) => { socket.on('error', () => {}).resume() }).listen(0, '127.0.0.1')
    t.teardown(() => server.close())
    await once(server, 'listening')
    const edge = startEdge(t, { host: '127.0.0.1', port: (server.address() as AddressInfo).port })
    t.match(await edge.failed(), /has not proven itself in 5 s|handshake has timed out/)
    edge.close()
  })
})
