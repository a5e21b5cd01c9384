// Connections that overtake each other, and bytes that come one by one: what a client that waits for its answers says and hears keeps its order.
import t from 'tap'
import { until } from '../kit/waiting.js'
import { LASTING } from './lasting-clients.js'
import { after, headEnd, inBody } from '../kit/network/points.js'
import { POLLED, POSTED } from './polling-clients.js'
import { readOn, start } from './faulty-sessions.js'

for (const carrier of POLLED) {
  t.test(`${carrier.name}: a POST that is held up on its way is heard in its place, and polls pass it`, async (t) => {
    const { proxy, connect } = await start(t)
    for (const at of [after(20), headEnd, inBody(3)]) {
      const { line, heard, ends, say, socket } = await connect(carrier)
      t.equal(await line.post([0, 1]).outcome, 'ok')
      const armed = proxy.arm({ on: /^POST /, way: 'up', at, act: 'hold' })
      const posted = line.post([2, 3]).outcome
      await armed.struck
      const poll = line.poll()
      await until(() => socket.transport.writable)
      say(1)
      t.strictSame(await poll.outcome, [0])
      t.strictSame(heard, [0, 1])
      armed.release()
      t.equal(await posted, 'ok')
      t.equal(await line.post([4]).outcome, 'ok')
      t.strictSame([heard, ends], [[0, 1, 2, 3, 4], []])
    }
  })

  t.test(`${carrier.name}: an answer that is held up on its way comes once, and POSTs pass it`, async (t) => {
    const { proxy, connect } = await start(t)
    for (const at of [after(0), after(20), headEnd, inBody(2)]) {
      const session = await connect(carrier)
      const { line, heard, ends, say, socket } = session
      const armed = proxy.arm({ on: /^GET /, way: 'down', at, act: 'hold' })
      const poll = line.poll()
      await until(() => socket.transport.writable)
      say(1)
      await armed.struck
      say(2)
      t.equal(await line.post([0, 1]).outcome, 'ok')
      armed.release()
      t.strictSame(await poll.outcome, [0])
      t.strictSame(await readOn(session, 2), [1, 2])
      t.strictSame([heard, ends], [[0, 1], []])
    }
  })
}

for (const carrier of POSTED) {
  t.test(`${carrier.name}: POSTs of a client that does not wait are heard as they arrive, each whole and once`, async (t) => {
    const { proxy, connect } = await start(t)
    const { line, heard, ends } = await connect(carrier)
    const armed = proxy.arm({ on: /^POST /, way: 'up', at: inBody(3), act: 'hold' })
    const first = line.post([0, 1]).outcome
    await armed.struck
    t.equal(await line.post([2, 3]).outcome, 'ok')
    armed.release()
    t.equal(await first, 'ok')
    t.strictSame([heard, ends], [[2, 3, 0, 1], []])
  })

  t.test(`${carrier.name}: a POST that comes byte by byte is heard whole`, async (t) => {
    const { proxy, connect } = await start(t)
    const { line, heard, ends } = await connect(carrier)
    proxy.arm({ on: /^POST /, way: 'up', at: after(0), act: 'dribble' })
    t.equal(await line.post([0, 1, 2]).outcome, 'ok')
    t.strictSame([heard, ends], [[0, 1, 2], []])
  })
}

for (const carrier of POLLED) {
  t.test(`${carrier.name}: a poll and its answer that come byte by byte are read whole`, async (t) => {
    const { proxy, connect } = await start(t)
    const session = await connect(carrier)
    session.say(3)
    proxy.arm({ on: /^GET /, way: 'up', at: after(0), act: 'dribble' })
    proxy.arm({ on: /^GET /, way: 'down', at: after(0), act: 'dribble' })
    t.strictSame(await readOn(session, 2), [0, 1, 2])
    t.strictSame(session.ends, [])
  })
}

for (const lasting of LASTING) {
  t.test(`${lasting.name}: what comes byte by byte is read whole and in order`, async (t) => {
    const { proxy, session } = await start(t)
    proxy.arm({ on: /^GET [^ ]*(?:websocket|flashsocket|htmlfile|xhr-multipart)/, way: 'down', at: after(20), act: 'dribble' })
    const open = await lasting.open(proxy.port)
    t.teardown(() => open.close())
    const { say, ends } = session(open.sid)
    say(3, ' é漢😀')
    for (const number of [0, 1, 2]) t.equal(await open.next(), number)
    t.strictSame(ends, [])
  })
}
