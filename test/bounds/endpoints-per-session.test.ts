// What a client of revision 1 may ask of the official Server: `maxEndpoints`, what waits for those being connected, and `maxAcks` both ways.
import type { Server, Socket as ServerSocket } from 'socket.io'
import t from 'tap'
import { serverApp, socketOf } from '../kit/servers/app.js'
import { connectPolling, poll, post } from '../kit/revision-1/inject.js'
import { turns, until } from '../kit/waiting.js'
import { fromPayload, toPayload } from '../kit/revision-1/payload.js'

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** How sessions have ended, by the words of the log. */
type App = Awaited<ReturnType<typeof serverApp>>
const endsOf = (app: App): unknown => app.socketio.metrics.ended

t.test('a session may have maxEndpoints besides the default one; more are left unanswered until one is left', async (t) => {
  const app = await serverApp(t, { maxEndpoints: 3 })
  app.io.of(/^\/n\d+$/)
  const sid = await connectPolling(app)
  await post(app, sid, toPayload(numbers(5).map((i) => `1::/n${i}`)))
  await turns(5)
  t.strictSame(fromPayload((await poll(app, sid)).body), ['1::/n0', '1::/n1', '1::/n2'])
  t.strictSame([...app.io._nsps.keys()].sort(), ['/', '/n0', '/n1', '/n2'], 'the Server has heard of no more')
  await post(app, sid, '0::/n1')
  await turns(5)
  await post(app, sid, toPayload(['1::/n3', '1::/n4']))
  await turns(5)
  t.strictSame(fromPayload((await poll(app, sid)).body), ['1::/n3'])
  t.strictSame(endsOf(app), {}, 'it has cost nobody a session')
  const other = await connectPolling(app)
  await post(app, other, '1::/n9')
  await turns(5)
  t.equal((await poll(app, other)).body, '1::/n9', 'others have their own')
})

/** A namespace that lets nobody in until it is told to. */
function gate (io: Server, name: string): () => void {
  const waiting: (() => void)[] = []
  io.of(name).use((_socket, next) => { waiting.push(next) })
  return () => { for (const next of waiting.splice(0)) next() }
}

t.test('packets for an endpoint that is being connected wait, up to maxPayload; with more the session ends, and no other', async (t) => {
  const MAX = 1000
  const message = (size: number): string => '3::/slow:'.padEnd(size, 'x')
  for (const [sizes, lives] of [[[436, 435], true], [[436, 436], true], [[436, 437], false], [Array(14).fill(10), false]] as const) { // each takes 64 bytes beside its text
    const app = await serverApp(t, { maxPayload: MAX })
    const open = gate(app.io, '/slow')
    const heard: number[] = []
    app.io.of('/slow').on('connection', (socket) => socket.on('message', (text: string) => heard.push('3::/slow:'.length + text.length)))
    const [sid, other] = [await connectPolling(app), await connectPolling(app)]
    await post(app, sid, '1::/slow')
    await turns(5)
    for (const size of sizes) await post(app, sid, message(size))
    t.equal(app.socketio.sessions.has(sid), lives, sizes.join().slice(0, 20))
    t.strictSame(endsOf(app), lives ? {} : { 'too many packets': 1 })
    t.ok(app.socketio.sessions.has(other))
    t.strictSame(heard, [], 'nobody has heard any of it')
    open()
    await turns(5)
    t.strictSame(heard, lives ? sizes : [])
  }
})

t.test('it is all endpoints together that maxPayload bounds, and what has been handed on counts no more', async (t) => {
  const app = await serverApp(t, { maxPayload: 1000 })
  const [openOne, openTwo] = [gate(app.io, '/one'), gate(app.io, '/two')]
  const sid = await connectPolling(app)
  await post(app, sid, toPayload(['1::/one', '1::/two']))
  await turns(5)
  await post(app, sid, '3::/one:'.padEnd(536, 'x'))
  await post(app, sid, '3::/two:'.padEnd(336, 'x'))
  t.ok(app.socketio.sessions.has(sid))
  openOne()
  await turns(5)
  await post(app, sid, '3::/two:'.padEnd(536, 'x'))
  t.ok(app.socketio.sessions.has(sid), 'there is room again')
  await post(app, sid, '3::/two:')
  t.notOk(app.socketio.sessions.has(sid))
  t.strictSame(endsOf(app), { 'too many packets': 1 })
  openTwo()
})

t.test('a refused endpoint takes what has waited for it along', async (t) => {
  const app = await serverApp(t, { maxPayload: 1000 })
  const refuse: ((error: Error) => void)[] = []
  app.io.of('/slow').use((_socket, next) => { refuse.push(next) })
  const sid = await connectPolling(app)
  for (let i = 0; i < 5; i++) {
    await post(app, sid, '1::/slow')
    await turns(5)
    await post(app, sid, '3::/slow:'.padEnd(900, 'x'))
    refuse.pop()?.(new Error('no'))
    await turns(5)
  }
  t.ok(app.socketio.sessions.has(sid))
  t.strictSame(fromPayload((await poll(app, sid)).body), Array(5).fill('7::/slow:2'))
})

t.test('of the acknowledgements that the client asks for, the Server may answer the last maxAcks', async (t) => {
  const app = await serverApp(t, { maxAcks: 3 })
  const acks: (() => void)[] = []
  app.io.on('connection', (socket: ServerSocket) => socket.on('ask', (ack: () => void) => acks.push(ack)))
  const sid = await connectPolling(app)
  await post(app, sid, toPayload(numbers(5).map((i) => `5:${i + 1}+::{"name":"ask"}`)))
  await until(() => acks.length === 5)
  for (const ack of acks) ack()
  t.strictSame(fromPayload((await poll(app, sid)).body), ['6:::3', '6:::4', '6:::5'])
  await post(app, sid, '5:9+::{"name":"ask"}')
  await until(() => acks.length === 6)
  acks.at(-1)?.()
  t.equal((await poll(app, sid)).body, '6:::9', 'those that were answered take no place')
  t.ok(app.socketio.sessions.has(sid))
})

t.test('of the acknowledgements that the Server asks for, the client may answer the last maxAcks', async (t) => {
  const app = await serverApp(t, { maxAcks: 3 })
  const answered: number[] = []
  const sid = await connectPolling(app)
  const socket = socketOf(app.io, sid)
  for (const i of numbers(5)) socket.emit('ask', () => answered.push(i))
  const asked = fromPayload((await poll(app, sid)).body)
  t.strictSame(asked, numbers(5).map((i) => `5:${i + 1}+::{"name":"ask"}`))
  await post(app, sid, toPayload(numbers(5).map((i) => `6:::${i + 1}`)))
  await turns(5)
  t.strictSame(answered, [2, 3, 4])
  t.ok(app.socketio.sessions.has(sid))
})
