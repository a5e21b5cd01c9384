// POSTs that break at every step, on everything that posts: a POST is heard whole or not at all, and one whose answer has been read is heard
// exactly once, in its place.
import t from 'tap'
import { until } from '../helpers/server.js'
import { AFTER_ANSWER, cuts, IN_ANSWER, IN_REQUEST, KINDS, UNTOLD } from './cuts.js'
import type { Place } from './cuts.js'
import { beforeLast, headEnd, inBody } from './points.js'
import type { Point } from './points.js'
import { POSTED, start } from './sessions.js'
import type { Faulty, Posted } from './sessions.js'

const up = (name: string, at: Point): Place => ({ name, way: 'up', at })
const BEFORE_END: readonly Place[] = [
  IN_REQUEST,
  up('between its head and body', headEnd),
  up('in its body', inBody(3)),
  up('before its last byte', beforeLast)
]

/** A POST of 10 and 11 between one of 0 and 1 and one of 20 and 21. */
async function cutSecond ({ line, proxy }: Faulty, place: Place, kind: keyof typeof KINDS): Promise<Posted[]> {
  const first = await line.post([0, 1]).outcome
  const armed = proxy.arm({ on: /^POST /, way: place.way, at: place.at, act: KINDS[kind] })
  const second = await line.post([10, 11]).outcome
  await armed.struck
  await until(() => !line.idle)
  return [first, second, await line.post([20, 21]).outcome]
}

for (const carrier of POSTED) {
  t.test(`${carrier.name}: a POST that breaks before its end is not heard, not even in part`, async (t) => {
    const { connect } = await start(t)
    for (const { place, kind } of cuts(BEFORE_END)) {
      await t.test(`${place.name} ${kind}`, async (t) => {
        const session = await connect(carrier)
        t.strictSame(await cutSecond(session, place, kind), ['ok', 'broken', 'ok'])
        t.strictSame([session.heard, session.ends], [[0, 1, 20, 21], []])
      })
    }
  })

  t.test(`${carrier.name}: a POST that breaks behind its end is heard once, whatever its client has read of the answer`, async (t) => {
    const { connect } = await start(t)
    for (const { place, kind } of cuts([...IN_ANSWER.filter(({ name }) => name !== 'in the body'), AFTER_ANSWER])) {
      await t.test(`${place.name} ${kind}`, async (t) => {
        const session = await connect(carrier)
        t.strictSame(await cutSecond(session, place, kind), ['ok', place === AFTER_ANSWER ? 'ok' : 'broken', 'ok'])
        t.strictSame([session.heard, session.ends], [[0, 1, 10, 11, 20, 21], []])
      })
    }
  })

  t.test(`${carrier.name}: a client that repeats a POST whose answer it has not read is heard twice`, async (t) => {
    const { connect } = await start(t)
    for (const { place, kind } of cuts(IN_ANSWER.slice(0, 1), UNTOLD)) {
      const session = await connect(carrier)
      const armed = session.proxy.arm({ on: /^POST /, way: place.way, at: place.at, act: KINDS[kind] })
      t.equal(await session.line.post([0, 1]).outcome, 'broken')
      await armed.struck
      t.equal(await session.line.post([0, 1]).outcome, 'ok')
      t.strictSame(session.heard, [0, 1, 0, 1])
    }
  })
}
