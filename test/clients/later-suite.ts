// What a client since 1.0 is to see on every transport, wherever it runs.
import type { Test } from 'tap'
import { GREETING } from './scenario-answers.js'
import type { Generation } from '../kit/official-clients.js'
import { ACKS, AWKWARD, comeBack, connects, onOneServer, onRestart } from './every-suite.js'
import type { Run, Serve, Start } from './every-suite.js'

/** A way that a client has to the server. */
export interface Way {
  name: string
  transports: readonly string[]
  jsonp?: boolean
}

export const WAYS: readonly Way[] = [
  { name: 'websocket', transports: ['websocket'] },
  { name: 'polling', transports: ['polling'] },
  { name: 'polling with an upgrade', transports: ['polling', 'websocket'] }
]
/** Until 2.x. */
export const JSONP: Way = { name: 'JSONP polling', transports: ['polling'], jsonp: true }

export interface LaterSuiteOptions {
  generation: Generation
  way: Way
  start: Start
  serve?: Serve | undefined
}

const BINARY = { bytes: Array.from({ length: 256 }, (_, i) => i) }
const NESTED = { text: 'é\u2028 😀', deep: [BINARY, { again: { bytes: [] }, n: 1 }], last: { bytes: [0] } }

/** Numbers from 0, every 20th of them as a byte. */
const upTo = (count: number): unknown[] => Array.from({ length: count }, (_, i) => i % 20 ? i : { bytes: [i] })

const lastOf = ({ transports }: Way): string => transports.at(-1) ?? ''

/** Every step but the restart, on one server. */
export function exchangeSuite (t: Test, { generation, way, start, serve }: LaterSuiteOptions): void {
  onOneServer(t, `${generation}.x over ${way.name}`, start, (t, run) => exchange(t, lastOf(way), run), serve)
}

async function exchange (t: Test, transport: string, run: Run): Promise<void> {
  await t.test('the client connects with this transport, under one id on both sides, with its query', async (t) => { await connects(t, run, transport) })

  await t.test('text that is not ASCII reaches a client that has sent none yet', async (t) => {
    t.equal(await run('greeting'), GREETING)
  })

  await t.test('messages of any characters arrive whole and come back whole', (t) => comeBack(t, run))

  await t.test('acknowledgements come back with their data, in both directions', async (t) => {
    t.strictSame(await run('acks', AWKWARD), ACKS)
  })

  await t.test('bytes arrive and come back, alone and deep in a value, in events and in acknowledgements', async (t) => {
    for (const value of [BINARY, NESTED]) {
      t.strictSame(await run('binary', value), { seen: value, echo: value, asked: [value, { bytes: [7] }], message: [value] })
    }
  })

  await t.test('bursts of 200, with text and bytes, keep their order in both directions', async (t) => {
    t.strictSame(await run('bursts', 200), { up: upTo(200), down: upTo(200) })
  })

  await t.test('a namespace connects, another one refuses with its reason', async (t) => {
    t.strictSame(await run('namespaces'), { chat: '/chat', reason: 'not you' })
  })

  await t.test('a broadcast reaches the others only', async (t) => {
    t.strictSame(await run('broadcast'), { there: 'fire 🔥', here: [] })
  })

  await t.test('a client that the server disconnects does not come back', async (t) => {
    t.strictSame(await run('thrownOut'), { reason: 'io server disconnect', connected: false, reconnecting: false })
  })

  await t.test('a client whose connection is closed comes back by itself', async (t) => {
    t.strictSame(await run('dropped'), { reason: 'transport close', newSession: true, echo: ['again'] })
  })
}

/** The server goes and another one comes in its place. */
export function restartSuite (t: Test, { generation, way, start, serve }: LaterSuiteOptions): void {
  const seen = { transport: lastOf(way), newSession: true, echo: ['here again 🏠'], chat: ['here too'] }
  onRestart(t, `${generation}.x over ${way.name} comes back by itself to a restarted server`, start, seen, undefined, serve)
}
