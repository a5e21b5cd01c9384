// How much may wait for all clients together: `maxTotalQueueBytes`, over sessions of every kind.
import fc from 'fast-check'
import t from 'tap'
import { pluginApp } from '../kit/servers/app.js'
import { connectEngine } from '../kit/engine-io/inject.js'
import { turn, until } from '../kit/waiting.js'
import { connectPolling } from '../kit/revision-1/inject.js'
import { OPTIONS } from './body-routes.js'
import { WAYS } from './peers.js'
import type { Peer } from './peers.js'
import { ENGINE_3, ENGINE_4 } from '../kit/engine-io/payload.js'

const MB = 1_000_000
const TOTAL = 80 * MB
const PIECE = 'x'.repeat(MB)
/** More than the system's buffers take for a peer that does not read. */
const FILL = 'x'.repeat(20 * MB)

for (const { name, kind, start } of WAYS) {
  t.test(`${name}: who keeps most goes first; those who keep little go on, and so does who then keeps most`, async (t) => {
    const largest = await start(t, { maxTotalQueueBytes: TOTAL, maxQueueBytes: TOTAL })
    const { app } = largest
    const second = await largest.another()
    const small: Peer[] = []
    while (small.length < 3) small.push(await largest.another())
    const queued = (): number => app.socketio.metrics.queuedBytes
    if (kind !== 'poll') for (const { deaf } of [largest, second]) await deaf()
    for (const { say } of [largest, second]) say(FILL)
    await turn()
    for (const { say } of small) say('little')
    t.ok(queued() > 20 * MB && queued() <= TOTAL, `${queued()} bytes wait`)

    let most = 0
    for (let i = 0; i < 60 && largest.ended.count === 0; i++) {
      largest.say(PIECE)
      most = Math.max(most, queued())
    }
    t.match(largest.ended, { count: 1, reason: 'transport error', end: 'slow client', cause: { message: /maxTotalQueueBytes/ } })
    t.ok(most > 40 * MB && most < 55 * MB, `${most} bytes were the most: as much was free as it had`)
    await until(() => queued() < 25 * MB) // its part is free again
    second.say(PIECE)
    t.strictSame([second, ...small].map(({ ended }) => ended.count), [0, 0, 0, 0])
    for (const { hear } of small) t.equal(await hear(), 'little')

    for (let i = 0; i < 60 && second.ended.count === 0; i++) second.say(PIECE)
    t.match(second.ended, { count: 1, end: 'slow client' })
    await until(() => queued() === 0)
    t.strictSame(app.socketio.metrics.ended, { 'slow client': 2 })
    for (const { say, hear } of small) {
      say('alive')
      t.equal(await hear(), 'alive')
    }
  })
}

t.test('whatever sessions are sent, read and end: what is held in all is no less than what waits for each, and never more than may', async (t) => {
  const LIMIT = 40_000 // the queues, and one answer that is under way
  const steps = fc.array(fc.record({
    who: fc.nat(5),
    what: fc.constantFrom('say', 'say', 'say', 'volatile', 'poll', 'end'),
    bytes: fc.nat(3000)
  }), { minLength: 5, maxLength: 40 })
  const app = await pluginApp(t, { ...OPTIONS, maxTotalQueueBytes: LIMIT, maxQueueBytes: 4000 })
  await fc.assert(fc.asyncProperty(steps, async (steps) => {
    const open = async () => {
      const urls = [`/socket.io/1/xhr-polling/${await connectPolling(app)}`, `/socket.io/1/jsonp-polling/${await connectPolling(app)}`]
      for (const dialect of [ENGINE_3, ENGINE_4, ENGINE_3, ENGINE_4]) urls.push((await connectEngine(app, dialect)).url)
      return urls
    }
    const urls = await open()
    const sessions = [...app.socketio.sessions.values()]
    for (const { who, what, bytes } of steps) {
      const socket = sessions[who]
      if (socket === undefined || socket.readyState !== 'open') continue
      if (what === 'say' || what === 'volatile') socket.send({ type: 'message', data: 'x'.repeat(bytes) }, { volatile: what === 'volatile' })
      else if (what === 'end') socket.close()
      else if (socket.bufferedAmount > 0) await app.inject(urls[who] ?? '')
      const waiting = sessions.reduce((sum, { readyState, bufferedAmount }) => sum + (readyState === 'closed' ? 0 : bufferedAmount), 0)
      const { queuedBytes } = app.socketio.metrics // as memory: more than what is sent
      if (queuedBytes < waiting || queuedBytes > LIMIT) return false
    }
    for (const [i, socket] of sessions.entries()) {
      for (socket.close(); socket.readyState === 'closing';) await app.inject(urls[i] ?? '')
    }
    return app.socketio.metrics.queuedBytes === 0
  }), { numRuns: 60 })
  t.ok((app.socketio.metrics.ended['slow client'] ?? 0) > 10, 'some were given up meanwhile')
})

t.test('what has been broken off waits again, and is counted once', async (t) => {
  for (const { name, start } of WAYS.filter(({ name }) => /xhr-polling|jsonp-polling/.test(name))) {
    const { app, socket, deaf, say, hear, ended } = await start(t, { maxQueueBytes: TOTAL })
    const tcp = await deaf()
    say(FILL)
    await turn()
    t.ok(app.socketio.metrics.queuedBytes > 2 * socket.bufferedAmount, `${name}: its answer counts beside the packets that it carries`)
    t.ok(socket.bufferedAmount >= FILL.length)
    tcp.destroy()
    await until(() => !socket.transport.writable)
    t.equal((await hear()).length, FILL.length)
    await until(() => socket.bufferedAmount === 0)
    t.strictSame([app.socketio.metrics.queuedBytes, ended.count], [0, 0])
  }
})
