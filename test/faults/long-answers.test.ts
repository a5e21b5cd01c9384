// Answers that break before the server has handed them over whole: they are longer than what the system's buffers take, and the proxy reads
// no further.
import t from 'tap'
import { until } from '../kit/waiting.js'
import { ALL_KINDS, KINDS } from './cuts.js'
import type { Kind } from './cuts.js'
import { afterLast, inBody } from '../kit/network/points.js'
import { POLLED } from './polling-clients.js'
import type { Polled } from './polling-clients.js'
import { readOn, start } from './faulty-sessions.js'
import type { Faulty } from './faulty-sessions.js'

/** One packet is longer than what the system's buffers take; more than one do not fit into an answer. */
const DATA = ` ${'x'.repeat(8_000_000)}`
const COUNT = 3
/** What is written at once. */
const LESS = 1
const LONG = { maxQueueBytes: 100_000_000 }

/** A poll whose answer stands still in its body; then its connection is cut. */
async function cutLong (session: Faulty, kind: Kind): Promise<Polled> {
  const { proxy, line, socket } = session
  session.say(COUNT, DATA)
  const armed = proxy.arm({ on: /^GET /, way: 'down', at: inBody(2), act: 'hold' })
  const { outcome } = line.poll()
  await armed.struck
  session.say(1)
  if (socket.bufferedAmount < DATA.length) throw new Error('the system has taken it all')
  armed.link?.leave(KINDS[kind])
  return await outcome
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

for (const carrier of POLLED.filter(({ dialect }) => dialect === 'revision 1')) {
  t.test(`${carrier.name}: an answer that breaks before the server has handed it over whole comes again from its beginning, and once`, async (t) => {
    const { connect } = await start(t, LONG)
    for (const kind of ALL_KINDS) {
      await t.test(kind, async (t) => {
        const session = await connect(carrier)
        t.equal(await cutLong(session, kind), 'broken')
        t.strictSame(await readOn(session, COUNT), upTo(COUNT + 1))
        t.strictSame(session.ends, [])
      })
    }
  })
}

for (const carrier of POLLED.filter(({ dialect }) => dialect === 'revision 1')) {
  t.test(`${carrier.name}: a long answer that was read to its last byte comes once, however its connection ends`, async (t) => {
    const { proxy, connect } = await start(t)
    for (const kind of ALL_KINDS) {
      await t.test(kind, async (t) => {
        const session = await connect(carrier)
        const { line, say, ends } = session
        say(LESS, DATA)
        const armed = proxy.arm({ on: /^GET /, way: 'down', at: afterLast, act: KINDS[kind] })
        t.strictSame(await line.poll().outcome, upTo(LESS))
        await armed.struck
        await until(() => !line.idle)
        say(1)
        t.strictSame([await readOn(session, LESS), ends], [[LESS], []])
      })
    }
  })
}

for (const carrier of POLLED.filter(({ name }) => /^engine . by xhr$/.test(name))) {
  t.test(`${carrier.name}: an answer that breaks before the server has handed it over whole ends the session`, async (t) => {
    const { connect } = await start(t, LONG)
    const session = await connect(carrier)
    t.equal(await cutLong(session, 'by RST'), 'broken')
    await until(() => session.ends.length > 0)
    t.strictSame(session.ends, ['connection broken'])
    t.equal(await readOn(session, COUNT), 'over')
  })
}
