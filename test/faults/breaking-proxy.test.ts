// The proxy itself, between two plain sockets: what each end sees of each fault, byte by byte.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import t from 'tap'
import type { Test } from 'tap'
import { turns, until } from '../kit/waiting.js'
import { after, afterFrames, afterLast, afterText, beforeLast, headEnd, inBody, inText, never } from '../kit/network/points.js'
import { proxyBefore } from '../kit/network/breaking-proxy.js'
import type { Fault, Proxy } from '../kit/network/breaking-proxy.js'

/** One end, and what it has seen: text, and `<fin>`, `<ECONNRESET>`. */
function watch (socket: Socket): { socket: Socket, seen: () => string, chunks: () => number } {
  let seen = ''
  let chunks = 0
  socket.setEncoding('latin1')
  socket.on('data', (text: string) => {
    seen += text
    chunks++
  })
  socket.on('end', () => { seen += '<fin>' })
  socket.on('error', (error: NodeJS.ErrnoException) => { seen += `<${error.code ?? ''}>` })
  return { socket, seen: () => seen, chunks: () => chunks }
}

type End = ReturnType<typeof watch>

/** A proxy, and a way to open connections through it. */
async function setUp (t: Test): Promise<{ proxy: Proxy, open: () => Promise<{ client: End, server: End }> }> {
  const target = createServer({ allowHalfOpen: true })
  target.listen(0, '127.0.0.1')
  await once(target, 'listening')
  const proxy = await proxyBefore(t, (target.address() as AddressInfo).port)
  const sockets: Socket[] = []
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    target.close()
  })
  async function open () {
    const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true })
    const [accepted] = await once(target, 'connection') as [Socket]
    sockets.push(socket, accepted)
    return { client: watch(socket), server: watch(accepted) }
  }
  return { proxy, open }
}

async function hears (end: End, text: string): Promise<void> {
  await until(() => end.seen().length >= text.length)
  if (end.seen() !== text) throw new Error(`it has seen ${end.seen()}, not ${text}`)
}

/** Time for what should not come. */
const aWhile = async (): Promise<void> => { await turns(50) }

t.test('bytes and their end go through in both directions', async (t) => {
  const { client, server } = await (await setUp(t)).open()
  client.socket.write('up')
  await hears(server, 'up')
  server.socket.write('down')
  await hears(client, 'down')
  client.socket.end()
  await hears(server, 'up<fin>')
  server.socket.end('last')
  await hears(client, 'downlast<fin>')
})

t.test('a reset goes through', async (t) => {
  const { client, server } = await (await setUp(t)).open()
  client.socket.write('up')
  await hears(server, 'up')
  client.socket.resetAndDestroy()
  await hears(server, 'up<ECONNRESET>')
})

const LEAVES = { fin: '<fin>', rst: '<ECONNRESET>', open: '' } as const

for (const client of ['fin', 'rst', 'open'] as const) {
  for (const server of ['fin', 'rst', 'open'] as const) {
    t.test(`a connection cut with ${client} for the client and ${server} for the server: what came before the point arrives, nothing after it`, async (t) => {
      const { proxy, open } = await setUp(t)
      const armed = proxy.arm({ on: /GET/, way: 'down', at: after(3), act: { client, server } })
      const ends = await open()
      ends.client.socket.write('GET')
      await hears(ends.server, 'GET')
      ends.server.socket.write('abc')
      await armed.struck
      await hears(ends.client, `abc${LEAVES[client]}`)
      await hears(ends.server, `GET${LEAVES[server]}`)
      if (server !== 'rst') ends.server.socket.write('def')
      if (client !== 'rst') ends.client.socket.write('more')
      await aWhile()
      t.strictSame([ends.client.seen(), ends.server.seen()], [`abc${LEAVES[client]}`, `GET${LEAVES[server]}`])
    })
  }
}

t.test('a point inside a piece cuts the piece', async (t) => {
  const { proxy, open } = await setUp(t)
  for (const [at, seen] of [[after(0), ''], [after(4), 'abcd'], [inText('cde', 1), 'abc'], [afterText('cde'), 'abcde']] as const) {
    for (const how of ['fin', 'rst', 'open'] as const) {
      proxy.arm({ on: /GET/, way: 'down', at, act: { client: how, server: how } })
      const { client, server } = await open()
      client.socket.write('GET')
      await hears(server, 'GET')
      server.socket.write('abcdefgh')
      await hears(client, seen + LEAVES[how])
      await aWhile()
      t.equal(client.seen(), seen + LEAVES[how])
    }
  }
  t.equal(proxy.count, 12)
})

t.test('a point is counted over pieces, from the request on that the fault is for', async (t) => {
  const { proxy, open } = await setUp(t)
  const { client, server } = await open()
  client.socket.write('HEAD')
  await hears(server, 'HEAD')
  server.socket.write('first')
  await hears(client, 'first')
  proxy.arm({ on: /GET/, way: 'down', at: after(6), act: { client: 'fin', server: 'fin' } })
  const other = await open()
  other.client.socket.write('POST')
  await hears(other.server, 'POST')
  client.socket.write('GET')
  await hears(server, 'HEADGET')
  for (const [piece, seen] of [['1234', 'first1234'], ['5678', 'first123456<fin>']] as const) {
    server.socket.write(piece)
    await hears(client, seen)
  }
  other.server.socket.write('unharmed')
  await hears(other.client, 'unharmed')
})

t.test('a point of what the client says cuts that', async (t) => {
  const { proxy, open } = await setUp(t)
  proxy.arm({ on: /GET/, way: 'up', at: after(5), act: { client: 'rst', server: 'fin' } })
  const { client, server } = await open()
  client.socket.write('GET /x')
  await hears(server, 'GET /<fin>')
  await hears(client, '<ECONNRESET>')
})

t.test('what is held comes after what another connection carries meanwhile, whole and in order', async (t) => {
  const { proxy, open } = await setUp(t)
  const armed = proxy.arm({ on: /A/, way: 'up', at: after(1), act: 'hold' })
  const [a, b] = [await open(), await open()]
  a.client.socket.write('A1')
  await armed.struck
  a.client.socket.write('23')
  b.client.socket.write('B1')
  await hears(b.server, 'B1')
  a.server.socket.write('down')
  await hears(a.client, 'down')
  t.equal(a.server.seen(), 'A')
  a.client.socket.end('4')
  await aWhile()
  t.equal(a.server.seen(), 'A')
  armed.release()
  await hears(a.server, 'A1234<fin>')
})

t.test('what dribbles comes byte by byte, whole and in order', async (t) => {
  const { proxy, open } = await setUp(t)
  proxy.arm({ on: /A/, way: 'up', at: after(2), act: 'dribble' })
  const { client, server } = await open()
  client.socket.write('A1234567')
  client.socket.write('89')
  client.socket.end('0')
  await hears(server, 'A1234567890<fin>')
  t.ok(server.chunks() >= 7, `in ${server.chunks()} pieces`)
})

t.test('a test may strike by hand', async (t) => {
  const { proxy, open } = await setUp(t)
  const fault: Fault = { on: /A/, way: 'down', at: never, act: { client: 'rst', server: 'rst' } }
  const armed = proxy.arm(fault)
  t.throws(() => armed.strike(), /no connection has said/)
  const { client, server } = await open()
  client.socket.write('A')
  await hears(server, 'A')
  armed.strike()
  await Promise.all([hears(client, '<ECONNRESET>'), hears(server, 'A<ECONNRESET>')])
})

t.test('the points of an HTTP message', async (t) => {
  const message = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello'
  const head = message.length - 5
  const upTo = (count: number): Buffer => Buffer.from(message.slice(0, count))
  for (const [point, at] of [[after(0), 0], [after(7), 7], [headEnd, head], [inBody(2), head + 2], [beforeLast, head + 4], [afterLast, head + 5]] as const) {
    t.equal(point(Buffer.from(message)), at)
    t.equal(point(upTo(at)), at)
    if (at > 0) t.equal(point(upTo(at - 1)), undefined)
  }
})

t.test('the points of a WebSocket', async (t) => {
  const frames = [Buffer.of(0x81, 0), Buffer.of(0x81, 2, 97, 98), Buffer.of(0x81, 0x82, 1, 2, 3, 4, 96, 96), Buffer.concat([Buffer.of(0x81, 126, 1, 0), Buffer.alloc(256)])]
  const message = Buffer.concat([Buffer.from('HTTP/1.1 101\r\n\r\n'), ...frames])
  let at = 16
  for (const [i, frame] of [...frames, Buffer.alloc(0)].entries()) {
    t.equal(afterFrames(i)(message), at)
    t.equal(afterFrames(i)(message.subarray(0, at)), at)
    t.equal(afterFrames(i)(message.subarray(0, at - 1)), undefined)
    if (frame.length > 0) t.equal(afterFrames(i, 1)(message), at + 1)
    at += frame.length
  }
})
