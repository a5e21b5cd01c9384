// Polls that break at every step, on everything that polls: what arrives, what comes again, and how the session ends where it ends.
import t from 'tap'
import type { Test } from 'tap'
import { clock } from '../kit/clock.js'
import { until } from '../kit/waiting.js'
import { AFTER_ANSWER, cuts, IN_ANSWER, IN_REQUEST, KINDS, NOTICED, WHILE_HELD } from './cuts.js'
import type { Cut } from './cuts.js'
import { POLLED } from './polling-clients.js'
import type { Carrier, Polled } from './polling-clients.js'
import { readOn, start } from './faulty-sessions.js'
import type { Faulty } from './faulty-sessions.js'
import type { Tick } from '../kit/clock.js'

/** Three messages, whose poll is cut. What came of that poll, once both ends know what they can know. */
async function cut ({ proxy, line, socket, say }: Faulty, { place, kind }: Cut): Promise<Polled> {
  const armed = proxy.arm({ on: /^GET /, way: place.way, at: place.at, act: KINDS[kind] })
  const { outcome } = line.poll()
  if (place !== IN_REQUEST) await until(() => socket.transport.writable)
  if (place === WHILE_HELD) armed.strike()
  if (place === WHILE_HELD && NOTICED.includes(kind)) await until(() => !socket.transport.writable)
  say(3)
  await armed.struck
  const polled = await outcome
  await until(() => !line.idle)
  return polled
}

type Scenario = (t: Test, session: Faulty, cut: Cut, tick: Tick) => Promise<void>

/** One test for each carrier, with a part for each cut. */
function forEach (dialect: Carrier['dialect'], sentence: string, list: readonly Cut[], scenario: Scenario): void {
  for (const carrier of POLLED.filter((one) => one.dialect === dialect)) {
    t.test(`${carrier.name}: ${sentence}`, async (t) => {
      const tick = clock(t)
      const { connect } = await start(t)
      for (const one of list) {
        await t.test(`${one.place.name} ${one.kind}`, async (t) => {
          await scenario(t, await connect(carrier), one, tick)
        })
      }
    })
  }
}

// ---- revision 1: a client may poll again

forEach('revision 1', 'a poll that breaks before it is answered swallows nothing',
  [...cuts([IN_REQUEST]), ...cuts([WHILE_HELD], NOTICED)],
  async (t, session, one) => {
    t.equal(await cut(session, one), 'broken')
    t.strictSame(await readOn(session, 2), [0, 1, 2])
    t.strictSame(session.ends, [])
  })

forEach('revision 1', 'an answer that was read whole has arrived, and comes once', cuts([AFTER_ANSWER]),
  async (t, session, one) => {
    t.strictSame(await cut(session, one), [0])
    t.strictSame(await readOn(session, 2), [1, 2])
    t.strictSame(session.ends, [])
  })

forEach('revision 1', 'an answer that the server has handed over is lost unseen, alone, if its client has not read it and polls again',
  [...cuts(IN_ANSWER), ...cuts([WHILE_HELD], ['for the client alone'])],
  async (t, session, one) => {
    t.equal(await cut(session, one), 'broken')
    t.strictSame(await readOn(session, 2), [1, 2])
    t.strictSame(session.ends, [])
  })

// ---- Engine.IO: a client ends its session with a poll that breaks, and comes no more

forEach('engine', 'a poll that breaks while it waits ends the session', cuts([WHILE_HELD], NOTICED), async (t, session, one) => {
  t.equal(await cut(session, one), 'broken')
  await until(() => session.ends.length > 0)
  t.strictSame(session.ends, ['connection broken'])
})

forEach('engine', 'an answer that was read whole has arrived, and comes once', cuts([AFTER_ANSWER]),
  async (t, session, one) => {
    t.strictSame(await cut(session, one), [0, 1, 2])
    session.say(1)
    t.strictSame(await readOn(session, 3), [3])
    t.strictSame(session.ends, [])
  })

forEach('engine', 'a client whose poll breaks unnoticed by the server has ended its session, which falls silent and ends',
  [...cuts([IN_REQUEST]), ...cuts([WHILE_HELD], ['for the client alone']), ...cuts(IN_ANSWER)],
  async (t, session, one, tick) => {
    t.equal(await cut(session, one), 'broken')
    t.strictSame(session.ends, [])
    tick(46_000)
    t.strictSame(session.ends, ['ping timeout'])
  })
