// Upgrades whose WebSocket breaks at every step: until the client has said `5`, the session goes on by polls and nothing is lost; after it, the
// session ends with the WebSocket.
import t from 'tap'
import type { Test } from 'tap'
import { EngineClient } from '../kit/engine-io/client.js'
import type { EngineWebSocket, Pending } from '../kit/engine-io/client.js'
import { clock } from '../kit/clock.js'
import { cuts, KINDS, NOTICED } from './cuts.js'
import type { Kind, Place } from './cuts.js'
import { after, afterFrames, headEnd } from '../kit/network/points.js'
import { numbersIn } from './polling-clients.js'
import { start } from './faulty-sessions.js'
import type { FaultyServer, Session } from './faulty-sessions.js'
import { until } from '../kit/waiting.js'
import type { Eio } from '../kit/engine-io/payload.js'
import { sessionBehind } from '../kit/session-behind.js'

// The frames of the client are its probe, 5 and two messages; that of the server is its answer to the probe.
const BEFORE_5: readonly Place[] = [
  { name: 'in the request', way: 'up', at: after(20) },
  { name: 'before the 101', way: 'down', at: after(0) },
  { name: 'in the 101', way: 'down', at: after(20) },
  { name: 'behind the 101', way: 'down', at: headEnd },
  { name: 'in the probe', way: 'up', at: afterFrames(0, 3) },
  { name: 'behind the probe', way: 'up', at: afterFrames(1) },
  { name: 'in the answer to it', way: 'down', at: afterFrames(0, 3) },
  { name: 'behind the answer', way: 'down', at: afterFrames(1) }
]
const IN_5: Place = { name: 'in the 5', way: 'up', at: afterFrames(1, 3) }
const BEHIND_5: readonly (Place & { heard: number[] })[] = [
  { name: 'behind the 5', way: 'up', at: afterFrames(2), heard: [] },
  { name: 'in the first message', way: 'up', at: afterFrames(2, 3), heard: [] },
  { name: 'behind the first message', way: 'up', at: afterFrames(3), heard: [2] }
]

/** The attempt that the server knows of: nothing outside tells. */
const attemptOn = ({ server: { app } }: FaultyServer, { socket }: Session): unknown => sessionBehind(app, socket)?.upgrade

/** A client that polls, and what it has read. */
interface Polling extends Session {
  client: EngineClient
  got: number[]
  poll: Pending
}

/** Messages 0 and 1 have gone both ways; the client has a poll open. */
async function polling ({ proxy, session }: FaultyServer, eio: Eio): Promise<Polling> {
  const client = new EngineClient(proxy.port, eio, 'xhr')
  await client.open()
  const made = session(client.sid)
  made.say(2)
  const got = numbersIn(await client.poll())
  await client.send('40', '41')
  const poll = client.hold()
  await until(() => made.socket.transport.writable)
  return { ...made, client, got, poll }
}

/** As far as the WebSocket goes: it is tried out, the open poll is read, and the client moves. */
async function move ({ client, poll, got }: Polling, wire: EngineWebSocket, ...messages: string[]): Promise<void> {
  await wire.opened
  wire.send('2probe')
  if (await wire.next() === undefined) throw new Error('it has broken')
  got.push(...numbersIn(client.read(await poll.answer)))
  wire.send('5', ...messages)
}

/** The WebSocket breaks at a place. */
async function cut (faulty: FaultyServer, session: Polling, { way, at }: Place, kind: Kind): Promise<void> {
  const armed = faulty.proxy.arm({ on: /transport=websocket/, way, at, act: KINDS[kind] })
  const wire = session.client.newWire()
  await move(session, wire, '42', '43').catch(() => {})
  await armed.struck
  await wire.closed
}

/** The session is where it was: messages go both ways by polls, and the next attempt succeeds. */
async function goesOn (t: Test, session: Polling): Promise<void> {
  const { client, got, heard, ends, say, socket } = session
  say(2)
  await client.send('42', '43')
  got.push(...numbersIn(client.read(await session.poll.answer)))
  while (got.length < 4) got.push(...numbersIn(await client.poll()))
  session.poll = client.hold()
  await until(() => socket.transport.writable)
  const wire = client.newWire()
  await move(session, wire, '44', '45')
  say(2)
  while (got.length < 6) got.push(...numbersIn([await wire.next() ?? '']))
  await until(() => heard.length === 6)
  t.strictSame([got, heard, ends], [[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5], []])
  wire.socket.terminate()
}

for (const eio of [3, 4] as const) {
  t.test(`engine ${eio}: a WebSocket that breaks before its client has said 5 costs nothing, and the next one may succeed`, async (t) => {
    const tick = clock(t)
    const faulty = await start(t)
    for (const { place, kind } of cuts(BEFORE_5)) {
      await t.test(`${place.name} ${kind}`, async (t) => {
        const session = await polling(faulty, eio)
        t.teardown(() => session.client.close())
        await cut(faulty, session, place, kind)
        if (!NOTICED.includes(kind)) tick(10_200)
        await until(() => attemptOn(faulty, session) === undefined)
        await goesOn(t, session)
      })
    }
  })

  t.test(`engine ${eio}: a WebSocket that breaks in the 5 is the end for its client, and the session, which has not moved, falls silent and ends`, async (t) => {
    const tick = clock(t)
    const faulty = await start(t)
    for (const { kind } of cuts([IN_5])) {
      await t.test(kind, async (t) => {
        const session = await polling(faulty, eio)
        t.teardown(() => session.client.close())
        await cut(faulty, session, IN_5, kind)
        session.say(2)
        t.equal(session.socket.transport.name, 'polling')
        tick(46_000)
        t.strictSame([session.got, session.heard, session.ends], [[0, 1], [0, 1], ['ping timeout']])
      })
    }
  })

  t.test(`engine ${eio}: a WebSocket that breaks behind the 5 ends the session, and what it has brought was heard once`, async (t) => {
    const tick = clock(t)
    const faulty = await start(t)
    for (const place of BEHIND_5) {
      for (const { kind } of cuts([place])) {
        await t.test(`${place.name} ${kind}`, async (t) => {
          const session = await polling(faulty, eio)
          t.teardown(() => session.client.close())
          await cut(faulty, session, place, kind)
          await until(() => session.socket.transport.name === 'websocket')
          if (NOTICED.includes(kind)) await until(() => session.ends.length > 0)
          else tick(46_000)
          t.strictSame([session.got, session.heard], [[0, 1], [0, 1, ...place.heard]])
          t.strictSame(session.ends, [NOTICED.includes(kind) ? 'connection closed' : 'ping timeout'])
          t.match(await session.client.hold().answer, { status: 400 })
        })
      }
    }
  })
}
