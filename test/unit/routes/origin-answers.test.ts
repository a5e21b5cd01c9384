// How a function in `cors.origin` may answer, and what becomes of requests when it does not.
import t from 'tap'
import { TimerWheel } from '../../../src/time/timer-wheel.js'
import type { CorsOptions } from '../../../types/options.js'
import { captureLog, inject, pluginApp, portOf } from '../../kit/servers/app.js'
import { urlOf } from '../../kit/engine-io/inject.js'
import { turn, until } from '../../kit/waiting.js'
import { head, UPGRADE } from '../../kit/raw/http.js'
import { RawConnection } from '../../kit/raw/connection.js'
import { requestUpgrade } from '../../kit/request.js'

type Origin = CorsOptions['origin']
type Callback = (error: Error | null, origin?: boolean) => void

const FRIEND = 'http://friend.test'
const STRANGER = 'http://stranger.test'
const HANDSHAKES = [['/socket.io/1/', 'handshake bad origin'], ...[3, 4].map((eio) => [urlOf(eio, 'polling'), '{"code":4,"message":"Forbidden"}'] as const)] as const
const UPGRADES = ['/socket.io/1/websocket/x', urlOf(3, 'websocket'), urlOf(4, 'websocket')]

const isFriend = (origin: string): boolean => origin === FRIEND
/** Something with a `then` that is no Promise, as some libraries have. */
function thenable (value: boolean): PromiseLike<boolean> {
  const promise = new Promise<boolean>((resolve) => setImmediate(resolve, value))
  return { then: (done, fail) => promise.then(done, fail) }
}

const ANSWERS: [name: string, origin: Origin][] = [
  ['true or false', (origin: string) => isFriend(origin)],
  ['a string', () => FRIEND],
  ['an expression', () => /friend\.test$/],
  ['a list', () => [/nobody/, FRIEND]],
  ['true or false, by a function of many arguments', (...args: [string, unknown]) => isFriend(args[0])],
  ['the callback at once', (origin: string, done: Callback) => { done(null, isFriend(origin)) }],
  ['the callback later', (origin: string, done: Callback) => { setImmediate(done, null, isFriend(origin)) }],
  ['a promise', async (origin: string) => isFriend(origin)],
  ['what has a "then"', (origin: string) => thenable(isFriend(origin))],
  ['the callback later, and returns what says nothing', (origin: string, done: Callback) => {
    setImmediate(done, null, isFriend(origin))
    return true
  }],
  ['the callback twice, with the first one counting', (origin: string, done: Callback) => {
    done(null, isFriend(origin))
    done(null, !isFriend(origin))
  }],
  ['the callback, and a promise that fails afterwards', async (origin: string, done: Callback) => {
    done(null, isFriend(origin))
    throw new Error('too late')
  }]
]

for (const [name, origin] of ANSWERS) {
  t.test(`a function in cors.origin may answer by ${name}`, async (t) => {
    const app = await pluginApp(t, { cors: { ...(origin !== undefined && { origin }) } })
    for (const [url, body] of HANDSHAKES) {
      t.equal((await inject(app, url, { origin: FRIEND })).statusCode, 200, url)
      const refused = await inject(app, url, { origin: STRANGER })
      t.strictSame([refused.statusCode, refused.body], [403, body])
    }
    for (const url of UPGRADES) {
      t.equal((await requestUpgrade(app, url, { origin: FRIEND })).status, 101, url)
      t.equal((await requestUpgrade(app, url, { origin: STRANGER })).status, 403, url)
    }
  })
}

t.test('an error by the callback refuses, whatever is said after it', async (t) => {
  const app = await pluginApp(t, { cors: { origin: (_origin: string, done: Callback) => { done(new Error('x')); done(null, true) } } })
  t.equal((await inject(app, '/socket.io/1/', { origin: FRIEND })).statusCode, 403)
})

const NONE: [name: string, origin: Origin][] = [
  ['does nothing', () => {}],
  ['takes a callback and returns true', (_origin: string, _done: Callback) => true],
  ['never resolves', () => new Promise<boolean>(() => {})]
]

for (const [name, origin] of NONE) {
  t.test(`a function in cors.origin that ${name} refuses, within handshakeTimeout, and the log says what to do`, async (t) => {
    const { lines, logger } = captureLog('warn')
    const app = await pluginApp(t, { handshakeTimeout: 100, cors: { ...(origin !== undefined && { origin }) } }, { logger })
    await portOf(app) // timers alone keep no process alive
    for (const [url, body] of HANDSHAKES) {
      lines.length = 0
      const refused = await inject(app, url, { origin: FRIEND })
      t.strictSame([refused.statusCode, refused.body], [403, body])
      t.match(lines, [{ level: 40, reason: 'origin refused', detail: /callback.*return.*promise/, origin: FRIEND }])
      t.equal(lines.length, 1)
    }
    for (const url of UPGRADES) t.equal((await requestUpgrade(app, url, { origin: FRIEND })).status, 403, url)
    t.strictSame(app.socketio.metrics.refused, { 'origin refused': 6 })
  })
}

t.test('an answer that comes too late does nothing', async (t) => {
  const callbacks: Callback[] = []
  const rejections: ((error: Error) => void)[] = []
  for (const origin of [
    (_origin: string, done: Callback) => { callbacks.push(done) },
    () => new Promise<boolean>((_resolve, reject) => { rejections.push(reject) })
  ] as Origin[]) {
    const app = await pluginApp(t, { handshakeTimeout: 100, cors: { ...(origin !== undefined && { origin }) } })
    await portOf(app)
    t.equal((await inject(app, '/socket.io/1/', { origin: FRIEND })).statusCode, 403)
    for (const callback of callbacks) callback(null, true)
    for (const reject of rejections) reject(new Error('too late'))
    await turn()
    t.equal(app.socketio.sessions.size, 0)
    t.equal((await inject(app, '/socket.io/1/')).statusCode, 200, 'the app goes on')
  }
})

t.test('a client that goes away while it is asked leaves nothing', async (t) => {
  const asked: Callback[] = []
  const app = await pluginApp(t, { cors: { origin: (_origin: string, done: Callback) => { asked.push(done) } } })
  const port = await portOf(app)
  const closed: Promise<unknown>[] = []
  app.server.on('connection', (socket) => closed.push(new Promise((resolve) => socket.once('close', resolve))))
  for (const [path, ...lines] of [['/socket.io/1/'], [urlOf(4, 'polling')], [urlOf(4, 'websocket'), ...UPGRADE]] as const) {
    const raw = new RawConnection(port)
    await raw.write(head('GET', path, `Origin: ${FRIEND}`, ...lines))
    await until(() => asked.length === closed.length && closed.length > 0)
    raw.reset()
    await closed.at(-1)
    asked.at(-1)?.(null, true)
    await until(() => app.socketio.sessions.size === 0)
    t.equal(app.socketio.metrics.queuedBytes, 0, path)
  }
})

t.test('a function that answers at once needs no timer', async (t) => {
  const timers = t.capture(TimerWheel.prototype, 'timer', TimerWheel.prototype.timer)
  async function timersOf (origin: Origin): Promise<number> {
    const app = await pluginApp(t, { cors: { ...(origin !== undefined && { origin }) } })
    timers()
    await inject(app, '/socket.io/?EIO=4&transport=polling&sid=unknown', { origin: FRIEND })
    return timers().length
  }
  t.equal(await timersOf(() => true), 0)
  t.equal(await timersOf((_origin: string, done: Callback) => { done(null, true) }), 0)
  t.equal(await timersOf(async () => true), 1)
})
