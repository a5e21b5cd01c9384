// The end of an app with every kind of Engine.IO client there, and of handshakes that come too late.
import t from 'tap'
import type { FastifyServerOptions } from 'fastify'
import { pluginApp, portOf } from '../../kit/servers/app.js'
import type { Teardown } from '../../kit/teardown.js'
import { EngineClient } from '../../kit/engine-io/client.js'
import type { EngineWebSocket as ClientWire, Pending, Way } from '../../kit/engine-io/client.js'
import { urlOf } from '../../kit/engine-io/inject.js'
import { clock } from '../../kit/clock.js'
import { stopwatch } from '../../kit/stopwatch.js'
import { until } from '../../kit/waiting.js'
import { requestUpgrade } from '../../kit/request.js'
import type { Eio } from '../../kit/engine-io/payload.js'
import { DIALECTS } from '../../kit/engine-io/payload.js'

/** How long one waits for a client that tries a WebSocket out, and may be about to move to it; ms. */
const FAREWELL = 200
/** What a shutdown may take at most, ms. */
const FAST = 900

/** An app with clients of one version in every state: what they hold open, and what they are told. */
async function crowded (t: Teardown, eio: Eio, options: FastifyServerOptions) {
  const app = await pluginApp(t, { farewellTimeout: FAREWELL }, options)
  const port = await portOf(app)
  const closes: string[] = []
  app.socketio.on('connection', (socket) => {
    socket.on('data', () => {})
    socket.on('close', (reason) => closes.push(reason))
  })
  const polls: [what: string, client: EngineClient, poll: Pending][] = []
  const wires: [what: string, wire: ClientWire][] = []
  const connect = async (way: Way): Promise<EngineClient> => {
    const client = new EngineClient(port, eio, way)
    t.teardown(() => client.close())
    await client.open()
    return client
  }
  const hold = async (what: string, client: EngineClient): Promise<void> => {
    polls.push([what, client, client.hold()])
    await until(() => app.socketio.sessions.get(client.sid)?.transport.writable === true)
  }
  const probe = async (what: string, client: EngineClient): Promise<ClientWire> => {
    const wire = client.newWire()
    wires.push([what, wire])
    await wire.opened
    wire.send('2probe')
    if (await wire.next() !== '3probe') throw new Error('the probe is not answered')
    return wire
  }

  await hold('a poll', await connect('xhr'))
  await hold('a poll by script', await connect('jsonp'))
  const { wire } = await connect('websocket')
  if (wire !== undefined) wires.push(['a WebSocket', wire])
  // An upgrade answers what is held at the probe, and every poll after it.
  await probe('a WebSocket that is tried out', await connect('xhr'))
  const moved = await connect('xhr')
  const last = await probe('a WebSocket that polls have moved to', moved)
  last.send('5')
  await until(() => app.socketio.sessions.get(moved.sid)?.transport.name === 'websocket')
  return { app, closes, polls, wires, between: await connect('xhr'), count: 6 }
}

for (const { eio } of DIALECTS) {
  for (const forceCloseConnections of ['idle', true, false] as const) {
    t.test(`app.close() is fast with every client of engine ${eio} there, and each is told (forceCloseConnections ${forceCloseConnections})`, async (t) => {
      const { app, closes, polls, wires, between, count } = await crowded(t, eio, { forceCloseConnections })
      t.equal(app.socketio.clientsCount, count)
      const passed = stopwatch()
      const closed = app.close()
      const late = between.hold().answer.then(({ status }) => status, () => 'broken')
      await closed
      const time = passed()
      t.ok(time < FAST, `it took ${Math.round(time)} ms`)
      for (const [what, client, { answer }] of polls) t.strictSame(client.read(await answer), ['1'], what)
      for (const [what, wire] of wires) {
        t.equal(await wire.closed, 1001, what)
        t.equal(await wire.next(), undefined, what)
      }
      t.ok([400, 503, 'broken'].includes(await late), `who was between two polls is refused: ${await late}`)
      await t.rejects(between.hold().answer, { code: 'ECONNREFUSED' })
      t.strictSame(closes, Array(count).fill('forced close'))
      t.strictSame([app.socketio.sessions.size, app.socketio.clientsCount], [0, 0])
    })
  }

  t.test(`app.close() stops all timers of engine ${eio}, those of upgrades too`, async (t) => {
    const tick = clock(t)
    const { app } = await crowded(t, eio, {})
    t.equal(tick.running(), 1)
    const closed = app.close()
    await until(() => app.socketio.draining)
    tick(2 * FAREWELL)
    await closed
    await until(() => tick.running() === 0) // the last WebSocket says that it is closed a turn later
    t.equal(app.socketio.sessions.size, 0)
  })

  t.test(`a handshake of engine ${eio} that comes while the server closes is refused with 503`, async (t) => {
    const app = await pluginApp(t)
    await portOf(app)
    app.socketio.close()
    const { statusCode, headers } = await app.inject(urlOf(eio, 'polling'))
    t.strictSame([statusCode, headers['retry-after'], headers.connection], [503, '30', 'close'])
    const refused = await requestUpgrade(app, urlOf(eio, 'websocket'))
    t.strictSame([refused.status, refused.headers['retry-after'], refused.body], [503, '30', '{"code":4,"message":"Forbidden"}'])
  })

  t.test(`handshakes of engine ${eio} whose authorize is still thinking when the app closes are refused, and hold nothing up`, async (t) => {
    const waiting: (() => void)[] = []
    const app = await pluginApp(t, { authorize: () => new Promise<true>((resolve) => waiting.push(() => resolve(true))) })
    const polled = fetch(`http://127.0.0.1:${await portOf(app)}${urlOf(eio, 'polling')}`)
    await until(() => waiting.length === 1)
    const upgraded = requestUpgrade(app, urlOf(eio, 'websocket'))
    await until(() => waiting.length === 2)
    const closed = app.close()
    app.socketio.close() // as app.close() is about to
    for (const decide of waiting) decide()
    t.strictSame([(await polled).status, (await upgraded).status], [503, 503])
    await closed
    t.equal(app.socketio.sessions.size, 0)
  })
}
