// Real clients of every generation, by each of their transports, on the gateways of a Nest application.
import t from 'tap'
import { ask, connectOfficial, GENERATIONS, hear } from '../kit/official-clients.js'
import type { Generation } from '../kit/official-clients.js'
import { inTime } from '../kit/waiting.js'
import { fastifyOf, ours, startNest } from './nest-app.js'

const { app, url } = await startNest(t)

/** What carries a client of revision 1, and the clients since. */
const carriers = (generation: Generation): string[][] =>
  generation === 0.9 ? [['websocket'], ['xhr-polling']] : [['websocket'], ['polling'], ['polling', 'websocket']]

for (const generation of GENERATIONS) {
  for (const transports of carriers(generation)) {
    t.test(`${generation} by ${transports.join(' and ')}`, async (t) => {
      const connect = async (path: string) => {
        const peer = connectOfficial(generation, url + path, transports)
        t.teardown(() => peer.disconnect())
        const failed = new Promise<never>((_resolve, reject) => { for (const event of ['connect_error', 'error', 'connect_failed']) peer.on(event, reject) })
        await inTime(Promise.race([hear(peer, 'connect')(), failed]), 'connect')
        return peer
      }
      const events = await connect('/')
      t.strictSame(await ask(events, 'sum', [1, 2]), [3])
      t.strictSame(await ask(events, 'later', 'ünïcödé'), ['later ünïcödé'])
      const numbers = hear(events, 'number')
      events.emit('count', 2)
      t.strictSame([await numbers(), await numbers()], [[0], [1]])
      const echoed = hear(events, 'echoed')
      events.emit('echo', { a: ['b', 1] })
      t.strictSame(await echoed(), [{ a: ['b', 1] }])

      const chat = await connect('/chat?token=secret')
      t.strictSame(await ask(chat, 'say', { text: 'hi' }), ['MessageDto of /chat'])
      const exceptions = hear(chat, 'exception')
      chat.emit('say', { text: 1 })
      t.match(await exceptions(), [{ status: 'error', message: /text/ }])

      const stranger = await connect('/chat?token=wrong')
      const refusals = hear(stranger, 'exception')
      stranger.emit('shout', { text: 'hi' })
      t.match(await refusals(), [{ message: 'wrong token' }])

      t.strictSame(await ask(await connect('/room-7'), 'where'), ['/room-7'])
    })
  }
}

t.test('each generation has been served, and the Engine of the app is that of the default path', async (t) => {
  const { socketio, io } = fastifyOf(app)
  t.ok(socketio.metrics.opened >= 14 * 4)
  t.equal(io.engine, socketio)
})

t.test('a path of a gateway has only the transports that the gateway names, for every generation', async (t) => {
  const { url } = await startNest(t, { adapter: ours({ authorize: () => ({ user: 'ada' }) }) })
  for (const generation of [1, 2, 3, 4] as const) {
    const peer = connectOfficial(generation, url, ['websocket'], { path: '/admin' })
    t.teardown(() => peer.disconnect())
    t.strictSame(await inTime(ask(peer, 'who'), 'ack'), [{ context: { user: 'ada' } }])
  }
  t.equal((await fetch(`${url}/admin/?EIO=4&transport=polling`)).status, 400)
  t.equal(await (await fetch(`${url}/admin/1/`)).text().then((text) => text.split(':').at(-1)), 'websocket')
  t.equal((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status, 200)
})
