// The cases that the published suites of Engine.IO 3 and 4, and the first half of Socket.IO 5's, have in common. Where a suite only
// asks whether something fails, these ask for the protocol's error too.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { readOpen } from '../kit/engine-io/payload.js'
import type { HttpEndpoint } from '../kit/engine-io/http-endpoint.js'
import { SUITE } from './suite-app.js'
import { askWhole } from '../kit/engine-io/http-endpoint.js'
import { opened, refusal, WebSocketClient } from '../kit/websocket.js'

const TRANSPORT_UNKNOWN = { code: 0, message: 'Transport unknown' }
const SID_UNKNOWN = { code: 1, message: 'Session ID unknown' }
const BAD_METHOD = { code: 2, message: 'Bad handshake method' }
const BAD_REQUEST = { code: 3, message: 'Bad request' }
const BAD_VERSION = { code: 5, message: 'Unsupported protocol version' }

/** A request that is refused with status 400 and an error of the protocol. */
async function isRefused (t: Test, url: string, error: object, init?: RequestInit): Promise<void> {
  const { status, type, body } = await askWhole(url, init)
  t.equal(status, 400, url)
  t.match(type, /^application\/json\b/)
  t.strictSame(JSON.parse(body), error)
}

/** An upgrade that is refused likewise. */
async function isRefusedToo (t: Test, url: string, error: object): Promise<void> {
  const { status, body } = await refusal(url)
  t.equal(status, 400, url)
  t.strictSame(JSON.parse(body), error)
}

/** @param endpoint with the times of {@link SUITE} */
export function handshakeCases (t: Test, endpoint: () => HttpEndpoint): void {
  t.test('handshake over polling', async (t) => {
    await t.test('opens a session and tells its terms', async (t) => {
      const { status, type, bytes } = await askWhole(endpoint().url('polling'))
      t.equal(status, 200)
      t.match(type, /^text\/plain;\s*charset=utf-8$/i)
      const [packet, ...more] = endpoint().dialect.packets(bytes)
      const { sid, ...terms } = readOpen(packet)
      t.strictSame(more, [])
      t.match(sid, /^.{10,}$/)
      t.strictSame(terms, { upgrades: ['websocket'], ...SUITE })
    })

    await t.test('gives each session an id of its own', async (t) => {
      t.not((await endpoint().poll()).sid, (await endpoint().poll()).sid)
    })

    await t.test('refuses a protocol version that is missing or is none', async (t) => {
      await isRefused(t, endpoint().raw('transport=polling'), BAD_VERSION)
      await isRefused(t, endpoint().raw('EIO=abc&transport=polling'), BAD_VERSION)
    })

    await t.test('refuses a transport that is missing or is none', async (t) => {
      await isRefused(t, endpoint().raw(`EIO=${endpoint().dialect.eio}`), TRANSPORT_UNKNOWN)
      await isRefused(t, endpoint().url('abc'), TRANSPORT_UNKNOWN)
    })

    await t.test('refuses a WebSocket that does not ask for an upgrade', async (t) => {
      await isRefused(t, endpoint().url('websocket'), BAD_REQUEST)
    })

    await t.test('refuses methods other than GET', async (t) => {
      for (const method of ['POST', 'PUT']) await isRefused(t, endpoint().url('polling'), BAD_METHOD, { method })
    })

    await t.test('refuses a session id that it did not give', async (t) => {
      await isRefused(t, endpoint().url('polling', '&sid=unknown'), SID_UNKNOWN)
      await isRefused(t, endpoint().url('polling', '&sid=unknown'), SID_UNKNOWN, { method: 'POST', body: endpoint().dialect.body('4hello') })
    })
  })

  t.test('handshake over WebSocket', async (t) => {
    await t.test('opens a session and tells its terms, with no upgrade to offer', async (t) => {
      const { wire, first } = await opened(endpoint().url('websocket'))
      const { sid, ...terms } = readOpen(first)
      t.match(sid, /^.{10,}$/)
      t.strictSame(terms, { upgrades: [], ...SUITE })
      wire.close()
    })

    await t.test('refuses a protocol version that is missing or is none', async (t) => {
      await isRefusedToo(t, endpoint().raw('transport=websocket'), BAD_VERSION)
      await isRefusedToo(t, endpoint().raw('EIO=abc&transport=websocket'), BAD_VERSION)
    })

    await t.test('refuses a transport that is missing or is none', async (t) => {
      await isRefusedToo(t, endpoint().raw(`EIO=${endpoint().dialect.eio}`), TRANSPORT_UNKNOWN)
      await isRefusedToo(t, endpoint().url('abc'), TRANSPORT_UNKNOWN)
    })

    await t.test('refuses a session id that it did not give', async (t) => {
      await isRefusedToo(t, endpoint().url('websocket', '&sid=unknown'), SID_UNKNOWN)
    })
  })
}

/** Silence of these times, which another process counts, costs a session. @param endpoint with the times of {@link SUITE} */
export function silenceCases (t: Test, endpoint: () => HttpEndpoint): void {
  const LIFETIME = SUITE.pingInterval + SUITE.pingTimeout

  t.test('a client that asks nothing for the interval and the timeout has no session any more', async (t) => {
    const session = await endpoint().poll()
    // The published suites ask at the very millisecond, and engine.io passes them by luck when the machine is busy.
    await sleep(LIFETIME + 300)
    t.equal((await session.send(endpoint().dialect.silent)).status, 400)
    t.equal((await session.get()).status, 400)
  })

  t.test('polls alone keep no session alive: the last one is told of its end, at its time and no sooner', async (t) => {
    const start = Date.now()
    const session = await endpoint().poll()
    const said = []
    for (let poll = await session.get(); poll.status === 200; poll = await session.get()) said.push(poll.body)
    t.ok(Date.now() - start >= LIFETIME - 5, `after ${Date.now() - start} ms`) // 5 ms: two clocks, and timers that round down
    const { dialect } = endpoint()
    t.strictSame(said, (dialect.eio === 4 ? ['2', '1'] : ['1']).map((packet) => dialect.body(packet)))
  })

  t.test('a WebSocket that is silent is closed, after the interval and the timeout and no sooner', async (t) => {
    const start = Date.now()
    const { wire } = await opened(endpoint().url('websocket'))
    await wire.closed
    t.ok(Date.now() - start >= LIFETIME - 5, `after ${Date.now() - start} ms`) // 5 ms: two clocks, and timers that round down
  })
}

/** The heartbeats of dialect 4. @param endpoint with the suite's interval, and more time to answer than a busy machine needs */
export function pingCases (t: Test, endpoint: () => HttpEndpoint): void {
  t.test('the server pings a polling client as long as it answers', async (t) => {
    const session = await endpoint().poll()
    for (let i = 0; i < 3; i++) {
      const { status, body } = await session.get()
      t.equal(status, 200)
      t.equal(body, '2')
      t.equal((await session.send('3')).status, 200)
    }
  })

  t.test('the server pings a WebSocket as long as it answers', async (t) => {
    const { wire } = await opened(endpoint().url('websocket'))
    for (let i = 0; i < 3; i++) {
      t.equal(await wire.next(), '2')
      wire.send('3')
    }
    wire.close()
  })
}

/** @param endpoint whose heartbeat is slower than the test, so that nothing else ends a session */
export function closeCases (t: Test, endpoint: () => HttpEndpoint): void {
  t.test('a polling client that says goodbye has its poll answered, and no session any more', async (t) => {
    const { dialect } = endpoint()
    const session = await endpoint().poll()
    const { answer } = await session.park()
    t.equal((await session.send('1')).status, 200)
    t.strictSame(await answer, { status: 200, body: dialect.body('6') })
    t.equal((await session.get()).status, 400)
  })

  t.test('a WebSocket that says goodbye is closed', async () => {
    const { wire } = await opened(endpoint().url('websocket'))
    wire.send('1')
    await wire.closed
  })
}

/** Something that the application answers at once, as often as it is said. */
export interface Exchange { send: string, answer: string }

/** @param endpoint whose heartbeat is slower than the test */
export function upgradeCases (t: Test, endpoint: () => HttpEndpoint, { send, answer }: Exchange): void {
  async function probed () {
    const session = await endpoint().poll()
    const wire = new WebSocketClient(session.webSocket)
    await wire.opened
    wire.send('2probe')
    const first = await wire.next()
    if (first !== '3probe') throw new Error(`the probe is answered with ${String(first)}`)
    return { session, wire }
  }

  /** The session is there, on this WebSocket. */
  async function lives (t: Test, wire: WebSocketClient): Promise<void> {
    wire.send(send)
    t.equal(await wire.next(), answer)
  }

  t.test('an upgrade: the probe is answered, polls end with a noop, and the session goes on over the WebSocket', async (t) => {
    const { session, wire } = await probed()
    const poll = await session.get()
    t.equal(poll.status, 200)
    t.equal(poll.body, endpoint().dialect.body('6'))
    wire.send('5')
    await lives(t, wire)
    wire.close()
  })

  t.test('a poll that is open when the probe comes ends with a noop', async (t) => {
    const session = await endpoint().poll()
    const poll = await session.park()
    const wire = new WebSocketClient(session.webSocket)
    await wire.opened
    wire.send('2probe')
    t.equal(await wire.next(), '3probe')
    t.strictSame(await poll.answer, { status: 200, body: endpoint().dialect.body('6') })
    wire.send('5')
    await lives(t, wire)
    wire.close()
  })

  t.test('what was sent by POST while the probe was under way is answered over the WebSocket', async (t) => {
    const { session, wire } = await probed()
    t.equal((await session.send(send)).body, 'ok')
    wire.send('5')
    t.equal(await wire.next(), answer)
    wire.close()
  })

  t.test('a WebSocket that probes and leaves does no harm to the polling session', async (t) => {
    const { session, wire } = await probed()
    wire.close()
    await wire.closed
    t.equal((await session.send(send)).body, 'ok')
    // Polls may end with noops until the server has seen that the WebSocket is gone.
    const noop = endpoint().dialect.body('6')
    let { body } = await session.get()
    while (body === noop) ({ body } = await session.get())
    t.equal(body, endpoint().dialect.body(answer))
  })

  t.test('polls of a session that was upgraded are refused, and it lives on', async (t) => {
    const { session, wire } = await probed()
    wire.send('5')
    await lives(t, wire) // and the upgrade is done, which nothing else says
    await isRefused(t, session.url, BAD_REQUEST)
    await isRefused(t, session.url, BAD_REQUEST, { method: 'POST', body: endpoint().dialect.body('1') })
    await lives(t, wire)
    wire.close()
  })

  t.test('a second WebSocket of a session that was upgraded is closed, and the first lives on', async (t) => {
    const { session, wire } = await probed()
    wire.send('5')
    await lives(t, wire)
    await new WebSocketClient(session.webSocket).closed
    await lives(t, wire)
    wire.close()
  })
}
