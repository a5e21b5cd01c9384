// Engine.IO in an app that has set things up its own way: prefixes, slashes, case, timeouts, HTTP/2, constraints and hooks of its own.
import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import t from 'tap'
import type { FastifyInstance } from 'fastify'
import socketioTransports from '../../../src/index.js'
import { newApp, pluginApp, portOf } from '../../kit/servers/app.js'
import { connectEngine, echo, ECHOES, echoesOf, refusedBy, urlOf } from '../../kit/engine-io/inject.js'
import { openWebSocket } from '../../kit/websocket.js'
import { requestUpgrade } from '../../kit/request.js'
import { DIALECTS, readOpen } from '../../kit/engine-io/payload.js'
import { serveHttp2 } from '../../kit/servers/http2.js'

const originOf = async (app: FastifyInstance): Promise<string> => `http://127.0.0.1:${await portOf(app)}`

for (const dialect of DIALECTS) {
  const { eio, packets, body } = dialect
  const name = `engine ${eio}`

  for (const ignoreTrailingSlash of [false, true]) {
    for (const ignoreDuplicateSlashes of [false, true]) {
      t.test(`${name} needs no slash at the end of its path: ignoreTrailingSlash ${ignoreTrailingSlash}, ignoreDuplicateSlashes ${ignoreDuplicateSlashes}`, async (t) => {
        const app = await pluginApp(t, {}, { routerOptions: { ignoreTrailingSlash, ignoreDuplicateSlashes } })
        echo(app.socketio)
        const origin = await originOf(app)
        for (const path of ['/socket.io', '/socket.io/', ...(ignoreDuplicateSlashes ? ['//socket.io//', '/socket.io//'] : [])]) {
          t.strictSame(await echoesOf(origin + path, dialect), ECHOES, path)
        }
        const below = await app.inject(`/socket.io/x?EIO=${eio}&transport=polling`)
        t.strictSame([below.statusCode, below.body], [404, '{"code":3,"message":"Bad request"}'], 'below it is nothing of Engine.IO')
        t.equal((await app.inject('/socket.io/x')).body, 'Welcome to socket.io.', 'below it is revision 1')
      })
    }
  }

  t.test(`${name} below a prefix, also with a parameter, and nowhere else`, async (t) => {
    const app = newApp(t)
    await app.register(async (scope) => {
      await scope.register(socketioTransports, { prefix: '/v1', path: '/a/b' })
      echo(scope.socketio)
    }, { prefix: '/tenant/:name' })
    t.strictSame(await echoesOf(`${await originOf(app)}/tenant/one/v1/a/b/`, dialect), ECHOES)
    for (const path of ['/a/b/', '/v1/a/b/', '/socket.io/']) {
      t.equal((await app.inject(urlOf(eio, 'polling').replace('/socket.io/', path))).statusCode, 404, path)
      t.equal((await requestUpgrade(app, urlOf(eio, 'websocket').replace('/socket.io/', path))).status, 404, path)
    }
  })

  t.test(`${name} below a prefix that comes encoded`, async (t) => {
    const app = newApp(t)
    await app.register(async (scope) => {
      await scope.register(socketioTransports)
      echo(scope.socketio)
    }, { prefix: '/caf\u00e9 1/:name' })
    for (const path of ['/caf%C3%A9%201/one', '/caf%C3%A9%201/o%2Fne', '/caf%C3%A9%201/o%3Fne', '/c%61f%c3%a9%201/one']) {
      t.strictSame(await echoesOf(`${await originOf(app)}${path}/socket.io/`, dialect), ECHOES, path)
    }
    t.equal((await requestUpgrade(app, '/caf%C3/one/socket.io/?EIO=4&transport=websocket')).status, 400, 'the router takes no such path')
  })

  t.test(`${name} where the case of a path does not matter, and where it does`, async (t) => {
    const app = await pluginApp(t, {}, { routerOptions: { caseSensitive: false } })
    echo(app.socketio)
    for (const path of ['/socket.io/', '/Socket.IO/', '/SOCKET.IO']) t.strictSame(await echoesOf(await originOf(app) + path, dialect), ECHOES, path)
    const sensitive = await pluginApp(t)
    t.equal((await sensitive.inject(urlOf(eio, 'polling').toUpperCase())).statusCode, 404)
    t.equal((await requestUpgrade(sensitive, urlOf(eio, 'websocket').toUpperCase())).status, 404)
  })

  t.test(`a handlerTimeout of the server answers its own routes, and no poll of ${name}`, async (t) => {
    const app = await pluginApp(t, {}, { handlerTimeout: 50 })
    app.get('/slow', () => new Promise(() => {}))
    await portOf(app) // a listener keeps the process alive; the timers do not
    const { socket, poll } = await connectEngine(app, dialect)
    const held = poll()
    t.equal((await app.inject('/slow')).statusCode, 503)
    t.equal((await app.inject('/slow')).statusCode, 503)
    socket.write('late')
    t.strictSame(await held, ['4late'])
  })

  t.test(`${name} polls over HTTP/2`, async (t) => {
    const { app, ask: begin } = await serveHttp2(t)
    echo(app.socketio)
    const ask = async (path: string, payload?: string) => {
      const stream = begin(path, payload, { 'content-type': 'text/plain;charset=UTF-8' })
      const [headers] = await once(stream, 'response') as [Record<string, unknown>]
      return { status: headers[':status'], body: await buffer(stream) }
    }
    const handshake = await ask(urlOf(eio, 'polling'))
    t.equal(handshake.status, 200)
    const url = urlOf(eio, 'polling', `&sid=${readOpen(packets(handshake.body)[0]).sid}`)
    const held = ask(url)
    t.equal(String((await ask(url, body('4over 2'))).body), 'ok')
    t.strictSame(packets((await held).body), ['4over 2'])
    t.strictSame([(await ask(url, body('1'))).status, (await ask(url)).status], [200, 400])
    t.equal(app.socketio.sessions.size, 0)
  })

  t.test(`routes of the app do not mind a query that looks like ${name}`, async (t) => {
    const app = newApp(t)
    app.get('/before', async ({ query }) => query)
    await app.register(socketioTransports)
    app.get('/after', async ({ query }) => query)
    app.get('/versions', { constraints: { version: '1.2.0' } }, async () => 'first')
    app.get('/versions', { constraints: { version: '2.0.0' } }, async () => 'second')
    app.get('/hosts', { constraints: { host: 'a.test' } }, async () => 'a')
    app.get('/hosts', { constraints: { host: 'b.test' } }, async () => 'b')
    app.get('/hosts', async () => 'any')
    const query = `?EIO=${eio}&transport=polling&sid=x`
    for (const path of ['/before', '/after']) t.same((await app.inject(path + query)).json(), { EIO: String(eio), transport: 'polling', sid: 'x' }, path)
    for (const [version, body] of [['1.x', 'first'], ['2.x', 'second']] as const) {
      t.equal((await app.inject({ url: `/versions${query}`, headers: { 'accept-version': version } })).body, body)
    }
    for (const [host, body] of [['a.test', 'a'], ['b.test', 'b'], ['c.test', 'any']] as const) {
      t.equal((await app.inject({ url: `/hosts${query}`, headers: { host } })).body, body)
    }
    t.equal((await app.inject(`/nowhere${query}`)).statusCode, 404)
    t.equal((await requestUpgrade(app, `/nowhere${query}`)).status, 404)
    t.equal((await requestUpgrade(app, `/after${query}`)).status, 200, 'an upgrade that nobody takes is an ordinary request')
  })

  t.test(`${name} in one app with constraints of its own`, async (t) => {
    const app = newApp(t, {
      routerOptions: {
        constraints: {
          tenant: {
            name: 'tenant',
            storage: () => {
              const routes = new Map()
              return { get: (key) => routes.get(key) ?? null, set: (key, route) => { routes.set(key, route) } }
            },
            deriveConstraint: (request) => String(request.headers['x-tenant'])
          }
        }
      }
    })
    await app.register(socketioTransports)
    echo(app.socketio)
    app.get('/socket.io/', { constraints: { tenant: 'own' } }, async () => 'of the app')
    t.strictSame(await echoesOf(`${await originOf(app)}/socket.io/`, dialect), ECHOES)
    t.equal((await app.inject({ url: '/socket.io/', headers: { 'x-tenant': 'own' } })).body, 'of the app')
    t.equal((await app.inject({ url: urlOf(eio, 'polling'), headers: { 'x-tenant': 'other' } })).statusCode, 200)
  })

  t.test(`hooks of the app know each request of ${name} before ours run`, async (t) => {
    const app = newApp(t)
    const seen: unknown[] = []
    app.addHook('onRequest', async (request) => {
      const { socketio } = request.routeOptions.config
      seen.push([request.method, socketio?.dialect, socketio?.transport, request.socketio?.id])
    })
    await app.register(socketioTransports)
    const { sid, url, send } = await connectEngine(app, dialect)
    await send('4')
    await app.inject({ method: 'OPTIONS', url })
    t.equal((await requestUpgrade(app, urlOf(eio, 'websocket', `&sid=${sid}`))).status, 101)
    await refusedBy(app, urlOf(eio, 'polling', '&sid=gone'))
    await requestUpgrade(app, urlOf(eio, 'abc'))
    t.strictSame(seen, [
      ['GET', name, 'polling', undefined], ['POST', name, 'polling', sid], ['OPTIONS', name, null, sid], ['GET', name, 'websocket', sid],
      ['GET', name, 'polling', undefined], ['GET', name, null, undefined]
    ])
  })

  t.test(`a hook of the app may keep ${name} out, and may act on one session`, async (t) => {
    const app = newApp(t)
    let banned = ''
    app.addHook('onRequest', async (request, reply) => {
      if (request.headers.cookie === 'stranger') throw Object.assign(new Error('who are you'), { statusCode: 401 })
      if (request.socketio?.id === banned) return await reply.code(429).send('slow down')
    })
    await app.register(socketioTransports)
    const told: unknown[] = []
    app.socketio.on('connection_error', (error) => told.push(error))
    const headers = { cookie: 'stranger' }
    const plain = await app.inject({ url: urlOf(eio, 'polling'), headers })
    const refused = await requestUpgrade(app, urlOf(eio, 'websocket'), headers)
    for (const [status, body] of [[plain.statusCode, plain.body], [refused.status, refused.body]] as const) {
      t.equal(status, 401)
      t.match(body, /"message":"who are you"/)
    }
    const one = await connectEngine(app, dialect)
    const other = await connectEngine(app, dialect)
    banned = one.sid
    t.strictSame([(await one.send('4')).body, (await other.send('4')).body], ['slow down', 'ok'])
    t.equal((await requestUpgrade(app, urlOf(eio, 'websocket', `&sid=${banned}`))).status, 429)
    t.equal(one.socket.readyState, 'open')
    t.strictSame(told, [], 'these are no refusals of ours')
    await t.resolves(openWebSocket(`ws://127.0.0.1:${await portOf(app)}${urlOf(eio, 'websocket')}`).then((client) => client.close()))
  })
}
