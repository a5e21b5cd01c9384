// Clients that vanish without a word: no FIN, no RST, no byte more. The session ends at its time, with its reason. (What breaks for the client
// alone, and how that ends: broken-polls, broken-streams, broken-frames, broken-upgrades.)
import { once } from 'node:events'
import t from 'tap'
import { clock } from '../kit/clock.js'
import { LASTING } from './lasting-clients.js'
import { headEnd, inBody, never } from '../kit/network/points.js'
import type { Armed, Proxy } from '../kit/network/breaking-proxy.js'
import { POLLED, POSTED } from './polling-clients.js'
import { start } from './faulty-sessions.js'
import type { Faulty } from './faulty-sessions.js'
import { turn, until } from '../kit/waiting.js'

const VANISH = { client: 'open', server: 'open' } as const

/** The next GET is one whose client will vanish when the test says so. */
const vanishing = (proxy: Proxy): Armed => proxy.arm({ on: /^GET /, way: 'down', at: never, act: VANISH })

/** A poll that is held, and whose client is gone. */
async function heldAndGone ({ proxy, line, socket }: Faulty): Promise<void> {
  const armed = vanishing(proxy)
  line.poll()
  await until(() => socket.transport.writable)
  armed.strike()
}

for (const carrier of POLLED.filter(({ dialect }) => dialect === 'revision 1')) {
  t.test(`${carrier.name}: a client that vanishes while its poll is held is given up closeTimeout after the poll has had its time`, async (t) => {
    const tick = clock(t)
    const session = await (await start(t)).connect(carrier)
    await heldAndGone(session)
    tick(20_300) // pollingDuration: the answer goes nowhere
    session.say(1)
    tick(59_000)
    t.strictSame(session.ends, [])
    tick(1000)
    t.strictSame(session.ends, ['poll timeout'])
  })

  t.test(`${carrier.name}: a client that vanishes before an answer is given up closeTimeout after it`, async (t) => {
    const tick = clock(t)
    const session = await (await start(t)).connect(carrier)
    await heldAndGone(session)
    session.say(1)
    tick(59_000)
    t.strictSame(session.ends, [])
    tick(1500)
    t.strictSame(session.ends, ['poll timeout'])
  })

  t.test(`${carrier.name}: a client that vanishes between two polls is given up after closeTimeout`, async (t) => {
    const tick = clock(t)
    const session = await (await start(t)).connect(carrier)
    tick(59_000)
    t.strictSame(session.ends, [])
    tick(1500)
    t.strictSame(session.ends, ['poll timeout'])
  })
}

for (const carrier of POLLED.filter(({ dialect }) => dialect === 'engine')) {
  t.test(`${carrier.name}: a client that vanishes is given up with the heartbeat that it leaves out`, async (t) => {
    const tick = clock(t)
    const { connect } = await start(t)
    const [held, between] = [await connect(carrier), await connect(carrier)]
    await heldAndGone(held)
    held.say(1)
    tick(44_000)
    t.strictSame([held.ends, between.ends], [[], []])
    tick(2000)
    t.strictSame([held.ends, between.ends], [['ping timeout'], ['ping timeout']])
  })
}

for (const lasting of LASTING) {
  t.test(`${lasting.name}: a client that vanishes is given up with the heartbeat that it leaves out`, async (t) => {
    const tick = clock(t)
    const { proxy, session } = await start(t)
    const armed = proxy.arm({ on: /^GET [^ ]*(?:websocket|flashsocket|htmlfile|xhr-multipart)/, way: 'down', at: never, act: VANISH })
    const open = await lasting.open(proxy.port)
    t.teardown(() => open.close())
    const { say, ends } = session(open.sid)
    armed.strike()
    say(3)
    tick(lasting.dialect === 'engine' ? 44_000 : 84_000)
    t.strictSame(ends, [])
    tick(2000)
    t.strictSame(ends, ['ping timeout'])
  })
}

for (const carrier of POSTED) {
  t.test(`${carrier.name}: a POST that stalls is refused after bodyTimeout and not heard, not even when the rest comes after all`, async (t) => {
    const tick = clock(t)
    const { server, proxy, connect } = await start(t)
    for (const at of [headEnd, inBody(3)]) {
      const { line, heard, ends } = await connect(carrier)
      const armed = proxy.arm({ on: /^POST /, way: 'up', at, act: 'hold' })
      const arrived = once(server.app.server, 'request')
      const { outcome } = line.post([0, 1])
      await arrived
      await turn() // the body is waited for from the end of that turn
      tick(29_500)
      t.equal(await line.post([2]).outcome, 'ok', 'the session lives')
      tick(1000)
      t.not(await outcome, 'ok')
      armed.release()
      t.equal(await line.post([3]).outcome, 'ok')
      t.strictSame([heard, ends], [[2, 3], []])
    }
  })
}
