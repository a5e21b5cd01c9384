// POSTs to a session that the application lets go of: what it does not hear is never acknowledged to a client of Engine.IO.
import t from 'tap'
import { clock } from '../kit/clock.js'
import { POSTED } from './polling-clients.js'
import type { Carrier } from './polling-clients.js'
import { start } from './faulty-sessions.js'
import { until } from '../kit/waiting.js'

const ENGINE: readonly Carrier[] = POSTED.filter(({ dialect }) => dialect === 'engine')

for (const carrier of ENGINE) {
  t.test(`${carrier.name}: a POST in whose middle the application closes the session is not acknowledged`, async (t) => {
    const { connect } = await start(t)
    const { line, socket, heard, ends } = await connect(carrier)
    socket.on('data', () => { if (heard.length === 2) socket.close() })
    const poll = line.poll()
    await until(() => socket.transport.writable)
    t.equal(await line.post([0, 1, 2]).outcome, 'over')
    t.equal(await poll.outcome, 'over')
    t.strictSame([heard, ends], [[0, 1], ['closed by server']])
  })

  t.test(`${carrier.name}: a POST that comes while the client has not taken all that was said before the end is refused with the end, not before`, async (t) => {
    const { connect } = await start(t)
    const { line, socket, heard, ends, say } = await connect(carrier)
    say(2)
    socket.close()
    const { outcome } = line.post([0, 1, 2])
    let answered = false
    outcome.then(() => { answered = true })
    t.equal(await line.post([3]).outcome, 'over', 'one is held; a client has no more under way')
    t.strictSame(await line.poll().outcome, [0, 1], 'what was said comes first')
    t.notOk(answered, 'a client that is refused would not come for the rest')
    t.strictSame(ends, [])
    t.equal(await line.poll().outcome, 'over')
    t.equal(await outcome, 'over')
    t.strictSame([heard, ends], [[], ['closed by server']])
  })

  t.test(`${carrier.name}: a POST to a closed session whose client does not come is refused`, async (t) => {
    const tick = clock(t)
    const { connect } = await start(t)
    const { line, socket, heard, ends, say } = await connect(carrier)
    socket.once('data', () => {
      say(1)
      socket.close()
    })
    const { outcome } = line.post([0, 1, 2])
    await until(() => heard.length > 0)
    tick(61_000)
    t.equal(await outcome, 'over')
    t.strictSame([heard, ends], [[0], ['closed by server']])
  })

  t.test(`${carrier.name}: a POST with whose last packet the application closes the session has been heard, and is acknowledged`, async (t) => {
    const { connect } = await start(t)
    const { line, socket, heard, ends } = await connect(carrier)
    socket.on('data', () => { if (heard.length === 3) socket.close() })
    const poll = line.poll()
    await until(() => socket.transport.writable)
    t.equal(await line.post([0, 1, 2]).outcome, 'ok')
    t.equal(await poll.outcome, 'over')
    t.strictSame([heard, ends], [[0, 1, 2], ['closed by server']])
  })
}

for (const carrier of POSTED.filter(({ dialect }) => dialect === 'revision 1')) {
  t.test(`${carrier.name}: what the application does not hear is answered 1 all the same, since the client gives up its transport for anything else`, async (t) => {
    const { connect } = await start(t)
    const { line, socket, heard, ends } = await connect(carrier)
    socket.on('packet', () => { if (heard.length === 2) socket.close() })
    t.equal(await line.post([0, 1, 2]).outcome, 'ok')
    t.equal(await line.post([3]).outcome, 'ok')
    t.strictSame([heard, ends], [[0, 1], ['closed by server']])
  })
}
