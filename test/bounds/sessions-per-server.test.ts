// How many sessions there may be: `maxSessions`, with handshakes under way, refused, failed and broken off.
import { once } from 'node:events'
import type { FastifyInstance, preHandlerAsyncHookHandler } from 'fastify'
import t from 'tap'
import { captureLog, newApp, pluginApp, portOf } from '../kit/servers/app.js'
import { requestUpgrade } from '../kit/request.js'
import type { Teardown } from '../kit/teardown.js'
import type { Answer } from '../kit/request.js'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { dial } from '../kit/raw/connection.js'
import { turn, turns, until } from '../kit/waiting.js'
import { parse } from '../kit/raw/http.js'
import { WebSocketClient } from '../kit/websocket.js'
import { sessionBehind } from '../kit/session-behind.js'

/** A way to shake hands. */
interface Entrance {
  name: string
  path: string
  upgrade: boolean
  /** How more than may be are refused. */
  told: [status: number, body: string]
}

const FORBIDDEN: [number, string] = [503, '{"code":4,"message":"Forbidden"}']
const OVERLOADED: [number, string] = [503, 'handshake overloaded']

const ENTRANCES: readonly Entrance[] = [
  { name: 'revision 1', path: '/socket.io/1/', upgrade: false, told: OVERLOADED },
  { name: 'revision 1, by transport', path: '/socket.io/1/xhr-polling/', upgrade: false, told: OVERLOADED },
  { name: 'engine 3, polling', path: '/socket.io/?EIO=3&transport=polling', upgrade: false, told: FORBIDDEN },
  { name: 'engine 4, polling', path: '/socket.io/?EIO=4&transport=polling', upgrade: false, told: FORBIDDEN },
  { name: 'engine 3, websocket', path: '/socket.io/?EIO=3&transport=websocket', upgrade: true, told: FORBIDDEN },
  { name: 'engine 4, websocket', path: '/socket.io/?EIO=4&transport=websocket', upgrade: true, told: FORBIDDEN }
]

/** One handshake; of one that succeeds, only the status counts. A WebSocket stays open until the app closes. */
async function knock (t: Teardown, app: FastifyInstance, { path, upgrade: isUpgrade }: Entrance): Promise<Answer> {
  if (!isUpgrade) {
    const { statusCode, headers, body } = await app.inject(path)
    return { status: statusCode, headers: headers as Answer['headers'], body }
  }
  const wire = new WebSocketClient(`http://127.0.0.1:${await portOf(app)}${path}`)
  t.teardown(() => wire.close())
  const opened = await Promise.race([wire.opened.then(() => true, () => false), wire.closed.then(() => false)])
  return opened ? { status: 101, headers: {}, body: '' } : await requestUpgrade(app, path)
}

const isIn = ({ status }: Answer): boolean => status === 200 || status === 101

/** Asks as often as it takes until nobody is let in, and returns how many were. */
async function fill (t: Teardown, app: FastifyInstance, entrance: Entrance): Promise<number> {
  let count = 0
  while (isIn(await knock(t, app, entrance))) count++
  return count
}

for (const entrance of ENTRANCES) {
  const { name, path, told } = entrance

  t.test(`${name}: as many sessions as may be are opened; more are refused until one ends`, async (t) => {
    const { lines, logger } = captureLog('info')
    const app = await pluginApp(t, { maxSessions: 3 }, { logger })
    const errors: unknown[] = []
    app.socketio.on('connection_error', ({ code, reason, context }) => errors.push([code, reason, context['sessions']]))
    for (let i = 0; i < 3; i++) t.ok(isIn(await knock(t, app, entrance)))
    const { status, body, headers } = await knock(t, app, entrance)
    t.strictSame([status, body, headers['retry-after']], [...told, '30'])
    t.strictSame(errors.at(-1), [4, 'too many sessions', 3])
    t.match(lines.filter(({ reason }) => reason === 'too many sessions').at(-1), { level: 40, answer: body, sessions: 3 })
    t.match(app.socketio.metrics, { opened: 3, refused: { 'too many sessions': errors.length } })
    const [first] = app.socketio.sessions.values()
    first?.close()
    await until(() => app.socketio.sessions.size < 3 || first?.readyState === 'closing')
    if (first?.readyState === 'closing') await app.inject(`${path}&sid=${first.id}`)
    t.equal(await fill(t, app, entrance), 1)
  })

  t.test(`${name}: very many at once, while authorize takes its time, are no more than may be`, async (t) => {
    let asked = 0
    let decide = (): void => {}
    const decided = new Promise<void>((resolve) => { decide = resolve })
    const app = await pluginApp(t, { maxSessions: 5, authorize: () => { asked++; return decided.then(() => true) } })
    await portOf(app)
    const answers = Array.from({ length: 30 }, () => knock(t, app, entrance))
    await until(() => asked >= 5)
    await until(() => (app.socketio.metrics.refused['too many sessions'] ?? 0) >= 25)
    t.strictSame([asked, app.socketio.sessions.size], [5, 0], 'handshakes under way have places, too')
    decide()
    t.equal((await Promise.all(answers)).filter(isIn).length, 5)
    t.equal(app.socketio.sessions.size, 5)
  })

  t.test(`${name}: a handshake that is refused, or fails in any way, leaves its place`, async (t) => {
    const fails: SocketioTransportsOptions[] = [
      { authorize: () => false },
      { authorize: async () => false },
      { authorize: () => { throw new Error('no') } },
      { authorize: async () => { throw new Error('no') } },
      { generateId: () => { throw new Error('no') } },
      { generateId: async () => { throw new Error('no') } },
      { generateId: () => 'no\nid' },
      { generateId: async () => '' }
    ]
    for (const fail of fails) {
      let failing = true
      const { authorize = () => true, generateId } = fail
      const app = await pluginApp(t, {
        maxSessions: 2,
        authorize: (request) => failing ? authorize(request) : true,
        generateId: (request) => failing && generateId !== undefined ? generateId(request) : Math.random().toString(36).slice(2)
      })
      for (let i = 0; i < 5; i++) t.notOk(isIn(await knock(t, app, entrance)))
      failing = false
      t.equal(await fill(t, app, entrance), 2)
    }
  })

  t.test(`${name}: a listener that fails while headers are added leaves the place`, async (t) => {
    const app = await pluginApp(t, { maxSessions: 2 })
    const fail = (): void => { throw new Error('no') }
    app.socketio.on('initial_headers', fail)
    for (let i = 0; i < 5; i++) {
      t.equal((await knock(t, app, entrance)).status, 500)
      await turn()
    }
    app.socketio.off('initial_headers', fail)
    t.equal(await fill(t, app, entrance), 2)
  })

  t.test(`${name}: a handshake that is broken off while authorize takes its time leaves its place when that is over`, async (t) => {
    const waiting: ((verdict: boolean) => void)[] = []
    let slow = true
    const app = await pluginApp(t, { maxSessions: 2, authorize: () => slow ? new Promise((resolve) => waiting.push(resolve)) : true })
    const port = await portOf(app)
    for (let i = 0; i < 4; i++) {
      const raw = dial(t, port)
      const extra = entrance.upgrade ? ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='] : []
      const gone = once(app.server, 'connection').then(([socket]) => new Promise((resolve) => socket.once('close', resolve)))
      raw.writeLines(`GET ${path} HTTP/1.1`, 'Host: localhost', ...extra, '', '')
      await until(() => waiting.length === 1)
      raw.socket.destroy()
      if (!entrance.upgrade) await gone // nobody reads from the connection of an upgrade until it is one
      waiting.pop()?.(true)
      await turns(3)
      await until(() => app.socketio.sessions.size === 0)
    }
    slow = false
    t.equal(await fill(t, app, entrance), 2)
  })

  t.test(`${name}: hooks of the app that run later, and take their time, let in no more than may be`, async (t) => {
    const app = newApp(t)
    let waiting = 0
    let go = (): void => {}
    const gone = new Promise<void>((resolve) => { go = resolve })
    const slow: preHandlerAsyncHookHandler = async () => {
      waiting++
      await gone
    }
    app.addHook('onRoute', (route) => { route.preHandler = [route.preHandler ?? [], slow].flat() as never }) // as rate limiters do
    await app.register(socketioTransports, { maxSessions: 2 })
    await portOf(app)
    const answers: Promise<Answer>[] = []
    for (let i = 1; i <= 6; i++) { // one after the other, so that each finds a place that the one before has left
      answers.push(knock(t, app, entrance).catch(() => ({ status: 0, headers: {}, body: '' })))
      await until(() => waiting + (app.socketio.metrics.refused['too many sessions'] ?? 0) >= i)
      await turns(3)
    }
    go()
    const refused = (await Promise.all(answers)).filter((answer) => !isIn(answer))
    if (!entrance.upgrade) t.strictSame(refused.map(({ status, body }) => [status, body]), Array(4).fill(told))
    t.equal(app.socketio.metrics.opened, 2)
    t.equal(app.socketio.sessions.size, 2)
  })
}

t.test('many handshakes on one connection, one behind the other without waiting, are no more than may be', async (t) => {
  for (const path of ENTRANCES.filter(({ upgrade }) => !upgrade).map(({ path }) => path)) {
    const app = await pluginApp(t, { maxSessions: 3, authorize: () => turn().then(() => true) })
    const raw = dial(t, await portOf(app))
    raw.writeLines(...Array.from({ length: 10 }, () => [`GET ${path} HTTP/1.1`, 'Host: localhost', '']).flat(), '')
    const text = await raw.answers(10)
    const statuses = text.split(/(?=HTTP\/1\.1 )/).map((one) => parse(one).status)
    t.strictSame(statuses, [200, 200, 200, ...Array(7).fill(503)], path)
    t.equal(app.socketio.sessions.size, 3)
  }
})

t.test('an upgrade that fails as one, and not for us to decide, leaves its place', async (t) => {
  for (const eio of [3, 4]) {
    const app = await pluginApp(t, { maxSessions: 1 })
    const path = `/socket.io/?EIO=${eio}&transport=websocket`
    const broken: Record<string, string>[] = [
      { 'sec-websocket-key': 'short' },
      { 'sec-websocket-version': '7' },
      { 'sec-websocket-extensions': 'permessage-deflate; ;' },
      { 'sec-websocket-protocol': 'a, a' }
    ]
    for (const headers of broken) {
      const { status } = await requestUpgrade(app, path, headers)
      t.ok(status >= 400 || status === 101, `${JSON.stringify(headers)}: ${status}`)
    }
    await until(() => app.socketio.sessions.size === 0)
    const entrance = ENTRANCES.find(({ name }) => name === `engine ${eio}, websocket`)
    t.equal(entrance && await fill(t, app, entrance), 1)
  }
})

t.test('sessions of every kind share the places, whatever becomes of them', async (t) => {
  const app = await pluginApp(t, { maxSessions: 4 })
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 4; i++) t.ok(isIn(await knock(t, app, ENTRANCES[(round + i) % ENTRANCES.length] as Entrance)))
    for (const entrance of ENTRANCES) t.equal((await knock(t, app, entrance)).status, 503, entrance.name)
    for (const socket of [...app.socketio.sessions.values()]) sessionBehind(app, socket)?.end('ping timeout')
    t.equal(app.socketio.sessions.size, 0)
  }
  t.equal(app.socketio.metrics.opened, 12)
})
