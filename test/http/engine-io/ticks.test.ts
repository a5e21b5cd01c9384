// What one tick of the application says to a polling client.
import t from 'tap'
import { io as connect } from 'socket.io-client'
import { pluginApp, portOf, serverApp } from '../../kit/servers/app.js'
import { connectEngine, urlOf } from '../../kit/engine-io/inject.js'
import { until } from '../../kit/waiting.js'
import { requestUpgrade } from '../../kit/request.js'
import { DIALECTS } from '../../kit/engine-io/payload.js'

for (const dialect of DIALECTS) {
  const { eio } = dialect

  t.test(`engine ${eio}: what is said in one tick answers one poll`, async (t) => {
    const app = await pluginApp(t)
    const { socket, poll } = await connectEngine(app, dialect)
    const answer = poll()
    await until(() => socket.transport.writable)
    socket.on('data', () => {})
    for (let i = 0; i < 5; i++) socket.write(`m${i}`)
    socket.write('volatile', { volatile: true })
    t.strictSame(await answer, ['4m0', '4m1', '4m2', '4m3', '4m4', '4volatile'])
  })

  t.test(`engine ${eio}: what is said before the end comes first, and the end with a poll of its own`, async (t) => {
    const app = await pluginApp(t)
    const { socket, poll } = await connectEngine(app, dialect)
    const answer = poll()
    await until(() => socket.transport.writable)
    socket.write('first')
    socket.close()
    t.equal(socket.readyState, 'closing')
    t.strictSame(await answer, ['4first'])
    t.strictSame(await poll(), ['1'])
    t.equal(socket.readyState, 'closed')
  })

  t.test(`engine ${eio}: an upgrade that is refused says that its connection ends`, async (t) => {
    const app = await pluginApp(t)
    const { status, headers } = await requestUpgrade(app, urlOf(eio, 'websocket', '&sid=nobody'))
    t.equal(status, 400)
    t.equal(headers.connection, 'close')
  })
}

t.test('pings that come faster than polls have one answer that waits', async (t) => {
  const app = await pluginApp(t)
  const [engine3] = DIALECTS
  if (engine3 === undefined) throw new Error('no dialect')
  const { socket, post, poll } = await connectEngine(app, engine3)
  for (let i = 0; i < 3; i++) await post('1:2'.repeat(10_000))
  t.equal(socket.bufferedAmount, 1)
  t.strictSame(await poll(), ['3'])
})

t.test('a volatile event with binary reaches a client that polls whole, or not at all', async (t) => {
  const app = await serverApp(t)
  const sent = 20
  app.io.on('connection', (socket) => {
    socket.on('go', (ack: () => void) => {
      for (let i = 0; i < sent; i++) setImmediate(() => socket.volatile.emit('bytes', i, Buffer.from([i]), { deep: Buffer.from([i, i]) }))
      setImmediate(() => setImmediate(() => { ack() }))
    })
  })
  const client = connect(`http://127.0.0.1:${await portOf(app)}`, { transports: ['polling'] })
  t.teardown(() => client.close())
  const ends: string[] = []
  const heard: unknown[][] = []
  client.on('disconnect', (reason) => ends.push(reason))
  client.on('bytes', (...args: unknown[]) => heard.push(args))
  for (let round = 0; round < 10; round++) await client.timeout(5000).emitWithAck('go')
  t.ok(heard.length >= 10, `${heard.length} of ${10 * sent} came`)
  for (const [i, one, { deep }] of heard as [number, Buffer, { deep: Buffer }][]) {
    t.strictSame([[...one], [...deep]], [[i], [i, i]])
  }
  t.strictSame(ends, [])
})

for (const dialect of DIALECTS) {
  t.test(`engine ${dialect.eio}: packets that only a server says, or only a WebSocket that is tried out, are passed over`, async (t) => {
    const app = await pluginApp(t)
    const { socket, send, poll } = await connectEngine(app, dialect)
    const heard: unknown[] = []
    socket.on('data', (data) => heard.push(data))
    t.equal((await send('0{"sid":"mine"}', '5', '6', '4heard')).body, 'ok')
    t.strictSame(heard, ['heard'])
    t.equal(socket.transport.name, 'polling')
    socket.write('still here')
    t.same(await poll(), ['4still here'])
  })
}
