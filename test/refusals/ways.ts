// Every way to be refused: an app, and a request to it. `docs.test.ts` compares what comes of them with docs/refusals.md.
import { once } from 'node:events'
import type { FastifyInstance } from 'fastify'
import type { FastifySocketioOptions } from '../../types/fastify-socket.io.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import type { RefusalReason } from '../../types/reasons.js'
import { connectEngine } from '../kit/engine-io/inject.js'
import { ENGINE_4 } from '../kit/engine-io/payload.js'
import { head } from '../kit/raw/http.js'
import { RawConnection } from '../kit/raw/connection.js'
import { requestUpgrade } from '../kit/request.js'
import { refusingCluster } from '../kit/cluster/refusing-cluster.js'
import { connectPolling, handshake } from '../kit/revision-1/inject.js'
import { portOf } from '../kit/servers/app.js'
import { until } from '../kit/waiting.js'
import { opened } from '../kit/websocket.js'

/** What a client got; undefined when its connection was gone. */
export type Got = { readonly status: number, readonly body: string } | undefined

export interface Way {
  readonly reason: RefusalReason
  readonly options?: SocketioTransportsOptions
  /** Options of the drop-in, which is registered instead of the plugin. */
  readonly dropIn?: FastifySocketioOptions
  /** Adds what the app has beside the plugin, before it. */
  readonly before?: (app: FastifyInstance) => void
  /** The request that is refused, behind all that leads to it. */
  readonly ask: (app: FastifyInstance) => Promise<Got>
}

export const E = '/socket.io/?EIO=4&transport=polling'
export const R = '/socket.io/1/'
export const SCRIPT = `${R}?jsonp=0`
const ELSEWHERE = { origin: 'https://app.example' }
const PAGE = { referer: 'https://app.example/' }
/** ms; nothing else ends the request before */
const SOON = 100

type Get = (app: FastifyInstance) => Promise<Got>

const get = (url: string, headers: Record<string, string> = {}): Get => async (app) => {
  const { statusCode, body } = await app.inject({ url, headers })
  return { status: statusCode, body }
}

const post = async (app: FastifyInstance, url: string, payload = '', headers: Record<string, string> = { 'content-type': 'text/plain' }): Promise<Got> => {
  const { statusCode, body } = await app.inject({ method: 'POST', url, payload, headers })
  return { status: statusCode, body }
}

const upgrade = (url: string): Get => async (app) => await requestUpgrade(app, url)
/** The URL of a session of Engine.IO. */
const sessionUrl = async (app: FastifyInstance): Promise<string> => (await connectEngine(app, ENGINE_4)).url
const oldUrl = async (app: FastifyInstance): Promise<string> => `${R}xhr-polling/${await connectPolling(app)}`

/** The same handshake in each dialect, and as a script of the oldest. */
const handshakes = (way: Omit<Way, 'ask'>, first: Get = async () => undefined): Way[] => [E, R, SCRIPT].map((url) => ({
  ...way,
  ask: async (app) => {
    await first(app)
    return await get(url, url === SCRIPT ? { referer: 'http://localhost/' } : {})(app)
  }
}))

/** Both dialects. */
const both = (way: Omit<Way, 'ask'>, engine: Get, old: Get): Way[] => [{ ...way, ask: engine }, { ...way, ask: old }]

const fail = (error: unknown) => (): never => { throw error }
const never = (): Promise<never> => new Promise(() => {})

const ORIGINS: Way[] = [
  { reason: 'origin refused', ask: get(E, ELSEWHERE) },
  { reason: 'origin refused', ask: get(E, { ...ELSEWHERE, host: 'app.example' }) },
  { reason: 'origin refused', ask: get(R, ELSEWHERE) },
  { reason: 'origin refused', ask: get(SCRIPT, PAGE) },
  { reason: 'origin refused', ask: get(E, { origin: 'null' }) },
  { reason: 'origin refused', ask: get(SCRIPT) },
  { reason: 'origin refused', options: { cors: { origin: fail(new Error('no database')) } }, ask: get(E, ELSEWHERE) },
  { reason: 'origin refused', options: { cors: { origin: never }, handshakeTimeout: SOON }, ask: get(E, ELSEWHERE) }
]

const ADMISSION: Way[] = [
  ...handshakes({ reason: 'unauthorized', options: { authorize: () => false } }),
  { reason: 'unauthorized', options: { authorize: (() => undefined) as never }, ask: get(E) },
  { reason: 'unauthorized', dropIn: { allowRequest: (_, decide) => decide('who are you?', false), serveClient: false }, ask: get(E) },
  ...handshakes({ reason: 'authorize failed', options: { authorize: fail(new Error('no database')) } }),
  ...both({ reason: 'authorize failed', options: { authorize: fail(Object.assign(new Error('log in first'), { statusCode: 401 })) } }, get(E), get(R)),
  ...handshakes({ reason: 'id generation failed', options: { generateId: () => 'a/b:c' } }).filter((_, i) => i > 0),
  { reason: 'id generation failed', options: { generateId: fail(new Error('no database')) }, ask: get(E) },
  ...handshakes({ reason: 'handshake timeout', options: { authorize: never, handshakeTimeout: SOON } }),
  { reason: 'handshake timeout', options: { handshakeTimeout: SOON }, ask: async (app) => { app.socketio.use(() => {}); return await get(E)(app) } }
]

const LIMITS: Way[] = [
  ...handshakes({ reason: 'too many sessions', options: { maxSessions: 1 } }, get(E)),
  {
    reason: 'too many sessions',
    options: { maxTotalQueueBytes: 400_000 },
    ask: async (app) => {
      const large = get(E + Array.from({ length: 1000 }, (_, i) => `&n${i}`).join(''))
      let answer = await large(app)
      while (answer?.status === 200) answer = await large(app)
      return answer
    }
  },
  ...handshakes({ reason: 'too many sessions of address', options: { maxSessionsPerAddress: 1 } }, get(E)),
  { reason: 'payload too large', options: { maxPayload: 100 }, ask: async (app) => await post(app, await sessionUrl(app), '4'.repeat(101)) },
  { reason: 'payload too large', options: { maxPayload: 100 }, ask: async (app) => await post(app, await oldUrl(app), '4'.repeat(101)) },
  { reason: 'too many packets', options: { maxPackets: 2 }, ask: async (app) => await post(app, await sessionUrl(app), '4a\x1e4b\x1e4c') },
  { reason: 'too many packets', options: { maxPackets: 2 }, ask: async (app) => await post(app, await oldUrl(app), '\ufffd5\ufffd3:::a'.repeat(3)) },
  { reason: 'too many packets', options: { maxPacketsPerSecond: 2 }, ask: async (app) => await post(app, await sessionUrl(app), Array(10).fill('3').join('\x1e')) },
  ...[sessionUrl, oldUrl].map((urlIn): Way => ({
    reason: 'body timeout',
    options: { bodyTimeout: SOON },
    ask: async (app) => {
      const raw = new RawConnection(await portOf(app))
      await raw.write(head('POST', await urlIn(app), 'Content-Type: text/plain', 'Content-Length: 10') + '4')
      return await raw.answer()
    }
  }))
]

/** Drains an app whose client has a poll open, and then has been told to leave. */
async function leave (app: FastifyInstance): Promise<string> {
  const { url, poll } = await connectEngine(app, ENGINE_4)
  await post(app, url, '40')
  await poll()
  const told = poll()
  await until(() => [...app.socketio.sessions.values()].every(({ transport }) => transport.writable))
  app.socketio.drain(1000).catch(() => {})
  await told
  return url
}

const SHUTDOWN: Way[] = [
  ...handshakes({ reason: 'server draining' }, async (app) => { await app.socketio.drain(0); return undefined }),
  { reason: 'server draining', ask: async (app) => { await app.socketio.drain(0); return await post(app, `${R}xhr-polling/abc`, '3:::a') } },
  { reason: 'server draining', options: { io: {} }, ask: async (app) => await post(app, await leave(app), '420["ask me"]') },
  ...handshakes({ reason: 'server closing' }, async (app) => { app.socketio.close(); return undefined }),
  { reason: 'unknown session', ask: async (app) => await get(await leave(app))(app) }
]

const DIALECTS: Way[] = [
  ...both({ reason: 'unsupported version' }, get('/socket.io/?EIO=5&transport=polling'), get('/socket.io/2/')),
  { reason: 'unsupported version', ask: get('/socket.io/2/?jsonp=0', { referer: 'http://localhost/' }) },
  { reason: 'unsupported version', options: { dialects: ['revision 1', 'engine 4'] }, ask: get('/socket.io/?EIO=3&transport=polling') },
  { reason: 'protocol mismatch', ask: async (app) => await get((await sessionUrl(app)).replace('EIO=4', 'EIO=3'))(app) },
  ...both({ reason: 'unknown transport' }, get('/socket.io/?EIO=4&transport=webtransport'), get(`${R}xhr-multipart/abc`)),
  { reason: 'unknown transport', options: { dialects: ['engine 4'] }, ask: get('/socket.io/') },
  {
    reason: 'transport mismatch',
    options: { allowUpgrades: false },
    ask: async (app) => await requestUpgrade(app, (await sessionUrl(app)).replace('polling', 'websocket'))
  },
  {
    reason: 'transport mismatch',
    ask: async (app) => {
      const { wire, first } = await opened(`http://127.0.0.1:${await portOf(app)}/socket.io/?EIO=4&transport=websocket`)
      const answer = await get(`${E}&sid=${(JSON.parse(first.slice(1)) as { sid: string }).sid}`)(app)
      wire.close()
      return answer
    }
  },
  ...both({ reason: 'not an upgrade' }, get('/socket.io/?EIO=4&transport=websocket'), async (app) => await get(`${R}websocket/${await handshake(app)}`)(app)),
  { reason: 'bad handshake method', ask: (app) => post(app, E, '40') },
  { reason: 'bad handshake method', ask: (app) => post(app, '/socket.io/?EIO=4&transport=websocket') },
  { reason: 'bad handshake method', ask: async (app) => { const { statusCode, body } = await app.inject({ method: 'PUT', url: E }); return { status: statusCode, body } } }
]

/** A request for a session of another node. */
const ofOtherNode = (reason: RefusalReason, detail: string): Way[] => {
  const options = { cluster: refusingCluster({ reason, detail, context: {} }) }
  return [
    ...both({ reason, options }, get(`${E}&sid=elsewhr-abc`), get(`${R}xhr-polling/elsewhr-abc`)),
    ...both({ reason, options }, (app) => post(app, `${E}&sid=elsewhr-abc`, '4a'), (app) => post(app, `${R}xhr-polling/elsewhr-abc`, '3:::a')),
    { reason, options, ask: upgrade('/socket.io/?EIO=4&transport=websocket&sid=elsewhr-abc') }
  ]
}

const SESSIONS: Way[] = [
  ...ofOtherNode('node lost', 'the link to the node with the session broke while the request was there'),
  ...ofOtherNode('node unreachable', 'there is no link to the node with the session'),
  ...both({ reason: 'unknown session' }, get(`${E}&sid=abc`), get(`${R}xhr-polling/abc`)),
  {
    reason: 'unknown session',
    options: { closeTimeout: SOON },
    ask: async (app) => {
      const { url, socket } = await connectEngine(app, ENGINE_4)
      socket.close()
      return await post(app, url, '4a')
    }
  },
  {
    reason: 'unknown session',
    before: (app) => {
      app.addHook('onRoute', (route) => { // a hook of the app behind those of the plugin
        if (route.method === 'GET') route.preHandler = [route.preHandler ?? []].flat().concat((request, _reply, done) => { if (request.socketio !== null) app.socketio.close(); done() })
      })
    },
    ask: async (app) => await get(await sessionUrl(app))(app)
  },
  {
    reason: 'protocol violation',
    ask: async (app) => {
      const { url, poll, socket } = await connectEngine(app, ENGINE_4)
      poll().catch(() => {})
      await until(() => socket.transport.writable)
      return await get(url)(app)
    }
  },
  { reason: 'parse error', ask: async (app) => await post(app, await sessionUrl(app), 'x') },
  { reason: 'parse error', ask: async (app) => await post(app, await sessionUrl(app), '4a') }
]

const REQUESTS: Way[] = [
  ...both({ reason: 'bad request' }, upgrade(E), upgrade(R)),
  { reason: 'bad request', ask: get('/socket.io/room1/?EIO=4&transport=polling') },
  { reason: 'bad request', ask: get(`${E}&j=x`, { 'sec-fetch-site': 'same-origin' }) },
  ...both({ reason: 'bad request', before: (app) => { app.addHook('onReady', async () => { app.socketio.use((_request, _response, next) => next(new Error('no cookie'))) }) } }, get(E), get(R)),
  ...[sessionUrl, oldUrl].map((urlIn): Way => ({
    reason: 'bad request',
    before: (app) => { app.addHook('onRequest', async ({ raw }) => { if (raw.method === 'POST') await once(raw.resume(), 'end') }) },
    ask: async (app) => {
      const url = await urlIn(app)
      const answer = await fetch(`http://127.0.0.1:${await portOf(app)}${url}`, { method: 'POST', body: '4a' })
      return { status: answer.status, body: await answer.text() }
    }
  })),
  ...[sessionUrl, oldUrl].map((urlIn): Way => ({ reason: 'bad request', ask: async (app) => await post(app, await urlIn(app), '4a', { 'content-type': 'nonsense' }) })),
  {
    reason: 'bad request',
    ask: async (app) => {
      const raw = new RawConnection(await portOf(app))
      await raw.write(head('POST', await sessionUrl(app), 'Content-Type: text/plain', 'Content-Length: 10') + '4')
      await until(() => app.server.listening)
      raw.socket.end()
      return undefined
    }
  }
]

export const WAYS: readonly Way[] = [...ORIGINS, ...ADMISSION, ...LIMITS, ...SHUTDOWN, ...DIALECTS, ...SESSIONS, ...REQUESTS]
