// Polls that break at every step, on everything that polls: what arrives, what comes again, and how the session ends where it ends.
import t from 'tap'
import type { Test } from 'tap'
import { until } from '../helpers/server.js'
import { after, afterLast, beforeLast, headEnd, inBody } from './points.js'
import type { Point } from './points.js'
import type { Way } from './proxy.js'
import { POLLED, start } from './sessions.js'
import type { Carrier, Faulty, Polled } from './sessions.js'

// ---- places and ways to break

interface Place { name: string, way: Way, at: Point }

const IN_REQUEST: Place = { name: 'in the request', way: 'up', at: after(20) }
const BEHIND_REQUEST: Place = { name: 'behind the request', way: 'up', at: headEnd }
const IN_ANSWER: readonly Place[] = [
  { name: 'before the answer', way: 'down', at: after(0) },
  { name: 'in the head of the answer', way: 'down', at: after(20) },
  { name: 'between head and body', way: 'down', at: headEnd },
  { name: 'in the body', way: 'down', at: inBody(2) },
  { name: 'before the last byte', way: 'down', at: beforeLast }
]
const AFTER_ANSWER: Place = { name: 'after the last byte', way: 'down', at: afterLast }

/** Both ends see the same, or only the client sees that the connection has gone. */
const KINDS = {
  'by FIN': { client: 'fin', server: 'fin' },
  'by RST': { client: 'rst', server: 'rst' },
  'for the client alone': { client: 'rst', server: 'open' }
} as const
type Kind = keyof typeof KINDS

interface Cut { place: Place, kind: Kind }

const cuts = (places: readonly Place[], kinds: readonly Kind[]): Cut[] => places.flatMap((place) => kinds.map((kind) => ({ place, kind })))
const NOTICED = ['by FIN', 'by RST'] as const
const ALL_KINDS = Object.keys(KINDS) as Kind[]

/** Three messages, whose poll is cut. What came of that poll, once both ends know what they can know. */
async function cut ({ proxy, line, socket, say }: Faulty, { place: { way, at }, kind }: Cut): Promise<Polled> {
  const armed = proxy.arm({ on: /^GET /, way, at, act: KINDS[kind] })
  const { outcome } = line.poll()
  if (way === 'up') {
    await armed.struck
    await outcome
    if (kind !== 'for the client alone') await until(() => !socket.transport.writable)
  } else {
    await until(() => socket.transport.writable)
  }
  say(3)
  await armed.struck
  const polled = await outcome
  await until(() => !line.idle)
  return polled
}

/** The client polls until it has read this message, or is told that the session is over. */
async function readOn ({ line }: Faulty, last: number): Promise<number[] | 'over'> {
  const numbers: number[] = []
  while (numbers.at(-1) !== last) {
    const polled = await line.poll().outcome
    if (polled === 'over') return polled
    if (polled === 'broken') throw new Error('a poll broke that nobody has cut')
    numbers.push(...polled)
  }
  return numbers
}

type Scenario = (t: Test, session: Faulty, cut: Cut) => Promise<void>

/** One test for each carrier, with a part for each cut. */
function forEach (dialect: Carrier['dialect'], sentence: string, list: readonly Cut[], scenario: Scenario): void {
  for (const carrier of POLLED.filter((one) => one.dialect === dialect)) {
    t.test(`${carrier.name}: ${sentence}`, async (t) => {
      for (const one of list) {
        await t.test(`${one.place.name} ${one.kind}`, async (t) => {
          await scenario(t, await start(t, carrier), one)
        })
      }
    })
  }
}

// ---- revision 1: a client may poll again

forEach('revision 1', 'a poll that breaks before it is answered swallows nothing',
  [...cuts([IN_REQUEST], ALL_KINDS), ...cuts([BEHIND_REQUEST], NOTICED)],
  async (t, session, one) => {
    t.equal(await cut(session, one), 'broken')
    t.strictSame(await readOn(session, 2), [0, 1, 2])
    t.strictSame(session.ends, [])
  })

forEach('revision 1', 'an answer that was read whole has arrived, and comes once', cuts([AFTER_ANSWER], ['by FIN', 'for the client alone']),
  async (t, session, one) => {
    t.strictSame(await cut(session, one), [0])
    t.strictSame(await readOn(session, 2), [1, 2])
    t.strictSame(session.ends, [])
  })

forEach('revision 1', 'an answer whose connection is reset before the client has come again ends the session', cuts([...IN_ANSWER, AFTER_ANSWER], ['by RST']),
  async (t, session, one) => {
    t.strictSame(await cut(session, one), one.place === AFTER_ANSWER ? [0] : 'broken')
    await until(() => session.ends.length > 0)
    t.match(session.ends, [['transport error']])
    t.equal(await readOn(session, 2), 'over')
  })

forEach('revision 1', 'an answer that the server has handed over and that no reset tells of is lost unseen, alone, if its client polls again',
  [...cuts(IN_ANSWER, ['by FIN', 'for the client alone']), ...cuts([BEHIND_REQUEST], ['for the client alone'])],
  async (t, session, one) => {
    t.equal(await cut(session, one), 'broken')
    t.strictSame(await readOn(session, 2), [1, 2])
    t.strictSame(session.ends, [])
  })

// ---- Engine.IO: a client ends its session with a poll that breaks

forEach('engine', 'a poll that breaks while it waits ends the session', cuts([BEHIND_REQUEST], NOTICED), async (t, session, one) => {
  t.equal(await cut(session, one), 'broken')
  await until(() => session.ends.length > 0)
  t.match(session.ends, [['transport error']])
})

forEach('engine', 'an answer whose connection is reset before the client has come again ends the session', cuts([...IN_ANSWER, AFTER_ANSWER], ['by RST']),
  async (t, session, one) => {
    t.strictSame(await cut(session, one), one.place === AFTER_ANSWER ? [0, 1, 2] : 'broken')
    await until(() => session.ends.length > 0)
    t.match(session.ends, [['transport error']])
    t.equal(await readOn(session, 2), 'over')
  })

forEach('engine', 'an answer that was read whole has arrived, and comes once', cuts([AFTER_ANSWER], ['by FIN', 'for the client alone']),
  async (t, session, one) => {
    t.strictSame(await cut(session, one), [0, 1, 2])
    session.say(1)
    t.strictSame(await readOn(session, 3), [3])
    t.strictSame(session.ends, [])
  })
