// How long a handshake may take: `handshakeTimeout`, for the application's answer and, in revision 1, for the first request.
import t from 'tap'
import { captureLog, pluginApp, portOf } from '../kit/servers/app.js'
import { clock } from '../kit/clock.js'
import { byScript } from '../kit/script.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { turns, until } from '../kit/waiting.js'
import { handshake, poll } from '../kit/revision-1/inject.js'
import { requestUpgrade } from '../kit/request.js'

const TIMEOUT = 30_000
const LATE = 200
const ENTRANCES = [
  { name: 'revision 1', path: '/socket.io/1/', isUpgrade: false, told: 'handshake timeout' },
  { name: 'engine 3, polling', path: '/socket.io/?EIO=3&transport=polling', isUpgrade: false, told: '{"code":3,"message":"Handshake timeout"}' },
  { name: 'engine 4, polling', path: '/socket.io/?EIO=4&transport=polling', isUpgrade: false, told: '{"code":3,"message":"Handshake timeout"}' },
  { name: 'engine 3, websocket', path: '/socket.io/?EIO=3&transport=websocket', isUpgrade: true, told: '{"code":3,"message":"Handshake timeout"}' },
  { name: 'engine 4, websocket', path: '/socket.io/?EIO=4&transport=websocket', isUpgrade: true, told: '{"code":3,"message":"Handshake timeout"}' }
] as const

/** What an application may keep waiting, and how it answers in the end. */
interface Hanging { answer (fails: boolean): void, asked: number, options: SocketioTransportsOptions }

function hanging (which: 'authorize' | 'generateId'): Hanging {
  const made: Hanging = { answer: () => {}, asked: 0, options: {} }
  const wait = <T>(value: T) => (): Promise<T> => new Promise((resolve, reject) => {
    made.asked++
    made.answer = (fails) => { fails ? reject(new Error('too late')) : resolve(value) }
  })
  made.options = which === 'authorize' ? { authorize: wait(true) } : { generateId: wait('abc') }
  return made
}

for (const { name, path, isUpgrade, told } of ENTRANCES) {
  for (const which of ['authorize', 'generateId'] as const) {
    t.test(`${name}: a handshake whose ${which} does not answer is refused after handshakeTimeout; what it says later harms nothing`, async (t) => {
      for (const fails of [false, true]) {
        const tick = clock(t)
        const { lines, logger } = captureLog('info')
        const hangs = hanging(which)
        const server = await pluginApp(t, { maxSessions: 1, ...hangs.options }, { logger })
        await portOf(server)
        const reasons: string[] = []
        server.socketio.on('connection_error', ({ reason }) => reasons.push(reason))
        const ask = async () => {
          if (isUpgrade) return await requestUpgrade(server, path)
          const { statusCode, headers, body } = await server.inject(path)
          return { status: statusCode, headers, body }
        }
        const answer = ask()
        await until(() => hangs.asked === 1)
        tick(TIMEOUT - LATE)
        t.strictSame(reasons, [], 'not before')
        tick(2 * LATE)
        const { status, headers, body } = await answer
        t.strictSame([status, headers['retry-after'], body], [503, '30', told])
        t.strictSame(reasons, ['handshake timeout'])
        t.match(lines.filter(({ reason }) => reason === 'handshake timeout'), [{ level: 40, answer: told }])
        t.strictSame([server.socketio.metrics.refused, server.socketio.metrics.opened], [{ 'handshake timeout': 1 }, 0])
        t.equal(tick.running(), 0, 'no timer is left')
        hangs.answer(fails)
        await turns(5)
        t.equal(server.socketio.sessions.size, 0)
        t.equal(lines.filter(({ level }) => level >= 50).length, 0)
        const next = ask()
        await until(() => hangs.asked === 2)
        hangs.answer(false)
        t.ok([200, 101].includes((await next).status), 'its place is free')
      }
    })
  }

  t.test(`${name}: one that answers just in time is let in, and no timer is left of it`, async (t) => {
    const tick = clock(t)
    const hangs = hanging('authorize')
    const app = await pluginApp(t, hangs.options)
    await portOf(app)
    const answer = isUpgrade ? requestUpgrade(app, path).then(({ status }) => status) : app.inject(path).then(({ statusCode }) => statusCode)
    await until(() => hangs.asked === 1)
    tick(TIMEOUT - LATE)
    hangs.answer(false)
    t.ok([200, 101].includes(await answer))
    t.equal(app.socketio.metrics.opened, 1)
    t.strictSame(app.socketio.metrics.refused, {})
  })
}

t.test('no timer is left of a handshake that has had its answer, whichever it was', async (t) => {
  const tick = clock(t)
  const app = await pluginApp(t, { authorize: async () => false })
  for (const { path, isUpgrade } of ENTRANCES) {
    t.equal(isUpgrade ? (await requestUpgrade(app, path)).status : (await app.inject(path)).statusCode, 403)
    t.equal(tick.running(), 0, path)
  }
})

t.test('a JSONP handshake is handed the refusal as an error', async (t) => {
  const tick = clock(t)
  const hangs = hanging('authorize')
  const app = await pluginApp(t, hangs.options)
  const answer = app.inject(byScript('/socket.io/1/?jsonp=3'))
  await until(() => hangs.asked === 1)
  tick(TIMEOUT + LATE)
  const { statusCode, body } = await answer
  t.strictSame([statusCode, body], [200, 'io.j[3](new Error("handshake timeout"));'])
})

t.test('a session of revision 1 that nobody comes for ends after handshakeTimeout, and leaves its place', async (t) => {
  const tick = clock(t)
  const { lines, logger } = captureLog()
  const app = await pluginApp(t, { maxSessions: 1 }, { logger })
  const sid = await handshake(app)
  tick(TIMEOUT - LATE)
  t.ok(app.socketio.sessions.has(sid))
  t.equal((await app.inject('/socket.io/1/')).statusCode, 503)
  tick(2 * LATE)
  t.notOk(app.socketio.sessions.has(sid))
  t.strictSame(app.socketio.metrics.ended, { 'handshake timeout': 1 })
  t.match(lines.filter(({ msg }) => msg === 'session ended'), [{ reason: 'handshake timeout' }])
  t.equal(tick.running(), 0)
  t.equal((await poll(app, sid)).body, '7:::1+0')
  const next = await handshake(app)
  tick(TIMEOUT - LATE)
  t.equal((await poll(app, next)).body, '1::')
  tick(2 * LATE)
  t.ok(app.socketio.sessions.has(next), 'one that somebody has come for lives on')
})
