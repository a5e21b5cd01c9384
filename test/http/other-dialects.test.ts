// A session is of one dialect: under its id, every request of another dialect finds nothing. The session lives, and its client hears nothing.
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import socketioTransports from '../../src/index.js'
import { EngineClient } from '../kit/engine-io/client.js'
import { ALL, Revision1Client } from '../kit/revision-1/client.js'
import { fetchText } from '../kit/request.js'
import { newApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { head, UPGRADE } from '../kit/raw/http.js'
import type { DialectName } from '../../types/socket.js'
import { RawConnection } from '../kit/raw/connection.js'

/** What a stranger asks, and how it is answered. */
interface Request { method?: string, path: string, upgrade?: boolean, status: number, body: string | RegExp }

const UNKNOWN = '7:::1+0'
const SCRIPT = `io.j[0]("${UNKNOWN}");`
const POSTED = { method: 'POST', status: 200, body: '1' }

/** Every request of revision 1 that names a session. */
const ofRevision1 = (sid: string): Request[] => [
  ...['xhr-polling', 'jsonp-polling', 'htmlfile', 'xhr-multipart'].flatMap((name): Request[] => {
    const path = `/socket.io/1/${name}/${sid}`
    const body = name === 'jsonp-polling' ? SCRIPT : name === 'xhr-polling' ? UNKNOWN : /7:::1\+0/
    return ['', '/'].flatMap((slash) => [
      { path: `${path}${slash}?i=0`, status: 200, body },
      { path: `${path}${slash}`, ...POSTED }
    ])
  }),
  ...ALL.flatMap((name) => ['?disconnect', '/?disconnect=1', '?t=1&disconnect'].flatMap((query) => {
    const path = `/socket.io/1/${name}/${sid}${query}`
    const methods = name.endsWith('socket') ? ['GET'] : ['GET', 'POST']
    return methods.map((method) => ({ method, path, status: 200, body: '' }))
  })),
  ...[`1/${sid}/?disconnect`, `1/${sid}?disconnect=1`, `1//${sid}/?disconnect`, `1/unknown/${sid}?disconnect`].map((path) =>
    ({ path: `/socket.io/${path}`, status: 200, body: '' })),
  ...['websocket', 'flashsocket'].map((name) => ({ path: `/socket.io/1/${name}/${sid}`, upgrade: true, status: 101, body: /^..7:::1\+0/s }))
]

/** Every request of Engine.IO that names a session. */
const ofEngine = (eio: number, sid: string, status: number, body: string): Request[] => {
  const url = (transport: string, query = ''): string => `/socket.io/?EIO=${eio}&transport=${transport}&sid=${sid}${query}`
  return [
    ...['', '&j=0', '&b64=1', '&disconnect'].flatMap((query) => ['GET', 'POST'].map((method) => ({ method, path: url('polling', query), status, body }))),
    { path: url('websocket'), upgrade: true, status, body }
  ]
}

const UNKNOWN_ID = '{"code":1,"message":"Session ID unknown"}'
const MISMATCH = '{"code":3,"message":"Bad request"}'

/** What the two other dialects can ask. */
function strangersTo (dialect: DialectName, sid: string): Request[] {
  if (dialect === 'revision 1') return [3, 4].flatMap((eio) => ofEngine(eio, sid, 400, UNKNOWN_ID))
  return [...ofRevision1(sid), ...ofEngine(dialect === 'engine 3' ? 4 : 3, sid, 400, MISMATCH)]
}

/** What comes back until the connection ends: the status and the body. */
async function answerTo (port: number, { method = 'GET', path, upgrade = false }: Request): Promise<[status: number, body: string]> {
  const raw = new RawConnection(port)
  const lines = upgrade ? UPGRADE : method === 'POST' ? ['Content-Type: text/plain', 'Content-Length: 0'] : []
  await raw.write(head(method, path, 'Referer: http://127.0.0.1/', ...lines, ...(upgrade ? [] : ['Connection: close'])))
  await raw.closed
  const [, status, body = ''] = /^HTTP\/1\.1 (\d+) [^]*?\r\n\r\n([^]*)$/.exec(raw.received.toString('latin1')) ?? []
  return [Number(status), body]
}

/** A client that holds something open. */
interface Owner { sid: string, next (): Promise<unknown>, greeting: string }

async function ownerOf (app: FastifyInstance, t: Teardown, dialect: DialectName, websocket: boolean): Promise<Owner> {
  const port = await portOf(app)
  if (dialect === 'revision 1') {
    const sid = (await fetchText(`http://127.0.0.1:${port}/socket.io/1/`)).body.split(':')[0] ?? ''
    const client = new Revision1Client(port, websocket ? 'websocket' : 'xhr-polling', sid)
    t.teardown(() => client.close())
    await client.next()
    client.hold()
    return { sid, next: () => client.next(), greeting: '3:::hello' }
  }
  const client = new EngineClient(port, dialect === 'engine 3' ? 3 : 4, websocket ? 'websocket' : 'xhr')
  t.teardown(() => client.close())
  await client.open()
  if (dialect === 'engine 3') await client.next() // `40`
  return { sid: client.sid, next: () => client.next(), greeting: '4hello' }
}

for (const dialect of ['revision 1', 'engine 3', 'engine 4'] as const) {
  for (const websocket of [true, false]) {
    t.test(`a session of ${dialect} ${websocket ? 'on a WebSocket' : 'that polls'} is unknown to the other dialects`, async (t) => {
      const app = newApp(t)
      const found: unknown[] = []
      app.addHook('onRequest', async (request) => {
        if (request.headers.referer !== undefined) found.push(request.socketio)
      })
      await app.register(socketioTransports, { transports: [...ALL, 'polling'] })
      const { sid, next, greeting } = await ownerOf(app, t, dialect, websocket)
      const socket = app.socketio.sessions.get(sid)
      t.equal(socket?.dialect, dialect)
      const heard = next()
      const port = await portOf(app)
      for (const request of strangersTo(dialect, sid)) {
        const [status, body] = await answerTo(port, request)
        const label = `${request.method ?? 'GET'} ${request.path}: ${status}`
        t.equal(status, request.status, label)
        if (typeof request.body === 'string') t.equal(body, request.body, label)
        else t.match(body, request.body, label)
      }
      t.equal(socket?.readyState, 'open')
      t.ok(found.length > 0)
      t.ok(found.every((one) => one === null), 'request.socketio is null')
      if (dialect === 'revision 1') socket?.send({ type: 'message', data: 'hello' })
      else socket?.write('hello')
      t.equal(await heard, greeting, 'the first that its client hears')
    })
  }
}
