// Every request and every upgrade passes the application's own hooks, as any route of Fastify does.
import t from 'tap'
import type { FastifyRequest, RouteOptions } from 'fastify'
import socketioTransports from '../../../src/index.js'
import type { TransportName } from '../../../types/socket.js'
import { captureLog, newApp } from '../../kit/servers/app.js'
import { byScript } from '../../kit/script.js'
import { connectPolling, connectWebsocket, handshake, poll, post } from '../../kit/revision-1/inject.js'
import { requestUpgrade } from '../../kit/request.js'

const transports: TransportName[] = ['websocket', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling']

/** What a hook saw of a request: its transport, and whether its session was found. */
const sight = (request: FastifyRequest) =>
  [request.method, request.routeOptions.config.socketio?.transport, request.socketio?.id]

t.test('the hooks of the app run for each request, which says its transport and its session', async (t) => {
  const app = newApp(t)
  const seen: Record<'onRequest' | 'preHandler' | 'onSend' | 'onResponse', unknown[]> =
    { onRequest: [], preHandler: [], onSend: [], onResponse: [] }
  app.addHook('onRequest', async (request) => { seen.onRequest.push(sight(request)) })
  app.addHook('preHandler', async (request) => { seen.preHandler.push(sight(request)) })
  app.addHook('onSend', async (request) => { seen.onSend.push(sight(request)) })
  app.addHook('onResponse', async (request) => { seen.onResponse.push(sight(request)) })
  await app.register(socketioTransports, { transports })

  const sid = await handshake(app)
  await poll(app, sid)
  await post(app, sid, '3:::x')
  app.socketio.sessions.get(sid)?.send({ type: 'message', data: 'y' })
  await app.inject(byScript(`/socket.io/1/jsonp-polling/${sid}?i=0`))
  app.socketio.sessions.get(sid)?.close()
  await app.inject('/socket.io/1/htmlfile/gone')

  const asked = [['GET', 'xhr-polling', sid], ['POST', 'xhr-polling', sid], ['GET', 'jsonp-polling', sid], ['GET', 'htmlfile', undefined]]
  for (const hook of ['onRequest', 'preHandler', 'onSend', 'onResponse'] as const) {
    t.same(seen[hook], [['GET', null, undefined], ...asked], hook)
  }
})

t.test('the hooks of the app run for an upgrade, which has its Socket from the first on', async (t) => {
  const app = newApp(t)
  const seen: unknown[] = []
  app.addHook('onRequest', async (request) => {
    if (request.headers.upgrade !== undefined) seen.push(['onRequest', ...sight(request)])
  })
  app.addHook('preHandler', async (request) => {
    if (request.headers.upgrade !== undefined) seen.push(['preHandler', ...sight(request)])
  })
  await app.register(socketioTransports)
  const { sid } = await connectWebsocket(app)
  t.same(seen, [['onRequest', 'GET', 'websocket', sid], ['preHandler', 'GET', 'websocket', sid]])
})

t.test('a hook that refuses with 401 keeps everybody out, upgrades too, and its error reaches the error handler of the app', async (t) => {
  const app = newApp(t)
  const handled: string[] = []
  app.setErrorHandler((error: Error, _request, reply) => {
    handled.push(error.message)
    return reply.code(401).send({ own: error.message })
  })
  app.addHook('onRequest', async (request) => {
    if (request.headers.authorization !== 'secret') throw new Error('who are you')
  })
  await app.register(socketioTransports)

  for (const url of ['/socket.io/1/', '/socket.io/1/?jsonp=0', '/socket.io/1/xhr-polling/x', '/socket.io/1/jsonp-polling/x?i=1', '/socket.io/1/htmlfile/x']) {
    const { statusCode, body } = await app.inject(url)
    t.equal(statusCode, 401, url)
    t.equal(body.replace(/^io\.j\[0\]/, ''), '{"own":"who are you"}', url)
  }
  const refused = await requestUpgrade(app, '/socket.io/1/websocket/x')
  t.equal(refused.status, 401)
  t.equal(refused.body, '{"own":"who are you"}')
  t.equal(handled.length, 6)
  t.equal(app.socketio.sessions.size, 0)
  t.equal((await app.inject({ url: '/socket.io/1/', headers: { authorization: 'secret' } })).statusCode, 200)
  t.equal(app.socketio.sessions.size, 1)
})

t.test('without an error handler of the app, Fastify answers an error of its hook', async (t) => {
  const app = newApp(t)
  app.addHook('preHandler', async () => { throw Object.assign(new Error('no tea'), { statusCode: 418 }) })
  await app.register(socketioTransports)
  const { statusCode, body } = await app.inject('/socket.io/1/xhr-polling/x')
  t.equal(statusCode, 418)
  t.equal(body, '{"statusCode":418,"error":"I\'m a Teapot","message":"no tea"}')
})

t.test('a hook of the app may act on the polls of one session', async (t) => {
  const app = newApp(t)
  let banned = ''
  app.addHook('onRequest', async (request, reply) => {
    const { socketio } = request.routeOptions.config
    if (socketio?.transport === 'xhr-polling' && request.socketio?.id === banned) return await reply.code(429).send('slow down')
  })
  await app.register(socketioTransports)
  const one = await connectPolling(app)
  const other = await connectPolling(app)
  banned = one
  t.equal((await post(app, one, '3:::x')).body, 'slow down')
  t.equal((await post(app, one, '3:::x')).statusCode, 429)
  t.equal((await post(app, other, '3:::x')).body, '1')
})

t.test('a hook of the app may change an answer, and every line of the request log is its own', async (t) => {
  const { lines, logger } = captureLog()
  const app = newApp(t, { logger, genReqId: () => 'the-request' })
  app.addHook('onSend', async (_request, reply, payload) => {
    reply.header('x-seen', 'yes')
    return payload
  })
  await app.register(socketioTransports)
  const response = await app.inject('/socket.io/1/xhr-polling/nobody')
  t.equal(response.headers['x-seen'], 'yes')
  t.equal(response.body, '7:::1+0')
  const unknown = lines.find(({ reason }) => reason === 'unknown session')
  t.equal(unknown?.['reqId'], 'the-request')
  t.equal(unknown?.['sid'], 'nob…')
  t.ok(lines.some(({ msg }) => msg === 'request completed'))
})

t.test('onRoute sees every route with its config, hidden from documentation', async (t) => {
  const app = newApp(t)
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => { routes.push(route) })
  await app.register(socketioTransports, { transports: [...transports, 'polling'] })
  t.ok(routes.length > 0)
  for (const { method, url, schema } of routes) {
    t.equal((schema as { hide?: boolean } | undefined)?.hide, true, `${String(method)} ${url}`)
    t.notOk([method].flat().includes('HEAD'), url)
  }
  for (const transport of transports) {
    const own = routes.filter((route) => route.config?.socketio?.transport === transport)
    const methods = own.filter(({ url }) => url === `/socket.io/:protocol/${transport}/:sid`).map(({ method }) => method)
    t.same(methods.sort(), transport.endsWith('socket') ? ['GET', 'OPTIONS'] : ['GET', 'OPTIONS', 'POST'])
    t.ok(own.filter(({ url }) => url.includes(':protocol')).every((route) => route.config?.socketio?.dialect === 'revision 1'))
  }
  for (const version of [3, 4]) {
    for (const transport of ['polling', 'websocket']) {
      const own = routes.filter(({ constraints }) => Object.values(constraints ?? {}).includes(`${version} ${transport}`))
      t.ok(own.some(({ method, config }) => method === 'GET' && config?.socketio?.transport === transport &&
        config.socketio.dialect === `engine ${version}`), `${version} ${transport}`)
    }
  }
  const shake = routes.find(({ url, method }) => url === '/socket.io/:protocol' && method !== 'OPTIONS')
  t.same(shake?.config?.socketio, { transport: null, dialect: 'revision 1' })
})
