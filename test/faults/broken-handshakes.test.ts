// Handshakes that break: whatever the client has read of them, the server keeps no session for long.
import t from 'tap'
import { clock } from '../kit/clock.js'
import { AFTER_ANSWER, cuts, IN_ANSWER, IN_REQUEST, KINDS, UNTOLD } from './cuts.js'
import { POLLED } from './polling-clients.js'
import { start } from './faulty-sessions.js'

for (const carrier of POLLED) {
  t.test(`${carrier.name}: a handshake that breaks leaves no session beyond its time`, async (t) => {
    const tick = clock(t)
    const { server, proxy } = await start(t)
    for (const { place, kind } of cuts([IN_REQUEST, ...IN_ANSWER])) {
      await t.test(`${place.name} ${kind}`, async (t) => {
        const armed = proxy.arm({ on: /^GET /, way: place.way, at: place.at, act: KINDS[kind] })
        await t.rejects(carrier.open(proxy.port))
        await armed.struck
        tick(46_000)
        t.strictSame([server.app.socketio.sessions.size, tick.running()], [0, 0])
      })
    }
  })

  t.test(`${carrier.name}: a handshake that was read whole before its connection went is one`, async (t) => {
    const { server, proxy } = await start(t)
    for (const { kind } of cuts([AFTER_ANSWER], UNTOLD)) {
      await t.test(kind, async (t) => {
        const armed = proxy.arm({ on: /^GET /, way: 'down', at: AFTER_ANSWER.at, act: KINDS[kind] })
        const line = await carrier.open(proxy.port)
        t.teardown(() => line.close())
        await armed.struck
        t.ok(server.app.socketio.sessions.has(line.sid))
      })
    }
  })
}
