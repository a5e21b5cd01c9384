// What is published of real clients with default options: open, move, end, refusals, packets and requests, in order.
import diagnostics from 'node:diagnostics_channel'
import t from 'tap'
import type { Channels } from '../../types/observation.js'
import { connectOfficial, GENERATIONS, hear } from '../kit/official-clients.js'
import { newApp, portOf, serverApp } from '../kit/servers/app.js'
import socketioTransports, { channels } from '../../src/index.js'
import type { Teardown } from '../kit/teardown.js'
import { until } from '../kit/waiting.js'

type Event = keyof typeof channels
type Heard = { [Name in keyof Channels]: [event: Name extends `fastify-socketio-transports:${infer Short}` ? Short : never, message: Channels[Name]] }[keyof Channels]

/** What is published until the test ends. */
function listen (t: Teardown): Heard[] {
  const heard: Heard[] = []
  const note = (event: Event) => (message: unknown): void => { heard.push([event, message] as Heard) }
  for (const event of Object.keys(channels) as Event[]) {
    const name = `fastify-socketio-transports:${event}`
    const listener = note(event)
    diagnostics.subscribe(name, listener)
    t.teardown(() => { diagnostics.unsubscribe(name, listener) })
  }
  return heard
}

for (const generation of GENERATIONS) {
  t.test(`a client ${generation} that polls, sends an event, and leaves`, async (t) => {
    const app = await serverApp(t)
    app.io.on('connection', (socket) => { socket.on('say', (text: string) => socket.emit('said', text)) })
    const url = `http://127.0.0.1:${await portOf(app)}`
    const heard = listen(t)
    const client = connectOfficial(generation, url, ['polling'])
    const said = hear(client, 'said')
    await hear(client, 'connect')()
    client.emit('say', 'häh')
    t.same((await said())[0], 'häh')
    const [[, open] = []] = heard
    const socket = [...app.socketio.sessions.values()][0]
    t.match(open, { engine: app.socketio, socket })
    t.ok(Math.abs(Date.now() - Number(socket?.openedAt)) < 60_000)
    client.disconnect()
    await until(() => heard.some(([event]) => event === 'end'))
    t.equal(heard[0]?.[0], 'open', 'nothing comes before')
    t.equal(heard.filter(([event]) => event === 'open').length, 1)
    t.ok(heard.some(([event, message]) => event === 'request' && 'kind' in message && message.kind === 'poll'))
    t.ok(heard.some(([event, message]) => event === 'request' && 'kind' in message && message.kind === 'post'))
    const frames = (direction: 'in' | 'out'): string[] => heard.flatMap(([event, message]) => event === 'packet' && message.direction === direction ? [String(message.frame)] : [])
    t.ok(frames('in').some((frame) => frame.includes('"say"') && frame.includes('häh')))
    t.ok(frames('out').some((frame) => frame.includes('"said"')))
    const [end] = heard.flatMap(([event, message]) => event === 'end' ? [message] : [])
    const bytes = (texts: string[]): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
    t.match(end, {
      engine: app.socketio,
      socket,
      reason: 'client left',
      traffic: { packetsIn: frames('in').length, packetsOut: frames('out').length, bytesIn: bytes(frames('in')), bytesOut: bytes(frames('out')) }
    })
    t.ok(end !== undefined && end.seconds >= 0 && end.seconds < 60)
    t.strictSame(socket?.traffic, end?.traffic)
  })
}

for (const generation of [1, 2, 3, 4] as const) {
  t.test(`a client ${generation} moves to a WebSocket`, async (t) => {
    const app = await serverApp(t)
    const heard = listen(t)
    const client = connectOfficial(generation, `http://127.0.0.1:${await portOf(app)}`, ['polling', 'websocket'])
    t.teardown(() => client.disconnect())
    await until(() => heard.some(([event]) => event === 'move'))
    const [move] = heard.flatMap(([event, message]) => event === 'move' ? [message] : [])
    t.match(move, { engine: app.socketio, from: 'polling', to: 'websocket' })
    t.ok(heard.some(([event, message]) => event === 'request' && message.kind === 'upgrade'))
    const probes = heard.flatMap(([event, message]) => event === 'packet' && message.transport === 'websocket' ? [[message.direction, message.frame]] : [])
    t.strictSame(probes.slice(0, 3), [['in', '2probe'], ['out', '3probe'], ['in', '5']])
  })
}

t.test('a refused request, before its listeners', async (t) => {
  const app = newApp(t)
  await app.register(socketioTransports, {})
  const heard = listen(t)
  const order: string[] = []
  channels.refused.subscribe(function once () {
    channels.refused.unsubscribe(once)
    order.push('channel')
  })
  app.socketio.on('connection_error', () => order.push('event'))
  await app.inject('/socket.io/?EIO=4&transport=polling&sid=nobody')
  await app.inject('/socket.io/1/xhr-polling/nobody-either')
  t.strictSame(order.slice(0, 2), ['channel', 'event'])
  t.match(heard.map(([, message]) => message), [
    { engine: app.socketio, reason: 'unknown session', detail: /no session/, dialect: 'engine 4', sid: 'nobody', request: { url: '/socket.io/?EIO=4&transport=polling&sid=nobody' } },
    { engine: app.socketio, reason: 'unknown session', detail: /no session/, dialect: 'revision 1', sid: 'nobody-either' }
  ])
})

t.test('where nobody has subscribed, no message is made', async (t) => {
  const app = await serverApp(t)
  const made: string[] = []
  const { Channel } = diagnostics
  t.equal(Object.values(channels).filter(({ hasSubscribers }) => hasSubscribers).length, 0)
  for (const [name, channel] of Object.entries(channels)) {
    t.ok(channel instanceof Channel, name)
    t.intercept(channel, 'publish', { value: () => { made.push(name) } })
  }
  const url = `http://127.0.0.1:${await portOf(app)}`
  const client = connectOfficial(4, url, ['polling', 'websocket'])
  await hear(client, 'connect')()
  await until(() => app.socketio.metrics.upgrades.done === 1)
  client.disconnect()
  await until(() => app.socketio.sessions.size === 0)
  await app.inject('/socket.io/?EIO=4&transport=polling&sid=nobody')
  t.strictSame(made, [])
})
