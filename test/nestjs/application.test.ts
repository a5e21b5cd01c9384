// What else a Nest application has: prefixes, versions, CORS, middleware, adapters of its own, the testing module.
import { randomUUID } from 'node:crypto'
import { pathToFileURL } from 'node:url'
import { VersioningType } from '@nestjs/common'
import type { INestApplication, Type } from '@nestjs/common'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import { Test as Testing } from '@nestjs/testing'
import { Adapter } from 'socket.io-adapter'
import type { Server, ServerOptions } from 'socket.io'
import t from 'tap'
import type { Test } from 'tap'
import { SocketioTransportsAdapter } from '../../src/nestjs.js'
import { ask, connectOfficial, GENERATIONS, hear, join4 } from '../kit/official-clients.js'
import { inTime } from '../kit/waiting.js'
import { APP, classOf, compile, fastifyOf, ours, startNest, stock } from './nest-app.js'

/** A client of each generation adds two numbers. @param path of the Server */
async function allAdd (t: Test, url: string, path = '/socket.io'): Promise<void> {
  for (const generation of GENERATIONS) {
    for (const transport of ['polling', 'websocket']) {
      const peer = connectOfficial(generation, url, [transport], generation === 0.9 ? { resource: path.slice(1) } : { path })
      t.teardown(() => peer.disconnect())
      t.strictSame(await inTime(ask(peer, 'sum', [1, 2]), `${generation} by ${transport}`), [3], `${generation} by ${transport}`)
    }
  }
}

t.test('a global prefix is for controllers; the path of the clients stays, unless the adapter has a prefix', async (t) => {
  const prepare = (app: NestFastifyApplication): void => { app.setGlobalPrefix('api') }
  const { url } = await startNest(t, { prepare })
  t.equal((await fetch(`${url}/api/health`)).status, 200)
  await allAdd(t, url)
  const below = await startNest(t, { prepare, adapter: ours({ prefix: '/api', path: '/live' }) })
  await allAdd(t, below.url, '/api/live')
})

for (const versioning of [
  { type: VersioningType.URI, defaultVersion: '1' } as const,
  { type: VersioningType.HEADER, header: 'x-version', defaultVersion: '1' } as const,
  { type: VersioningType.MEDIA_TYPE, key: 'v=', defaultVersion: '1' } as const,
  { type: VersioningType.CUSTOM, extractor: () => '1', defaultVersion: '1' } as const
]) {
  t.test(`versions of type ${versioning.type} do not concern clients`, async (t) => {
    const { url } = await startNest(t, { prepare: (app) => { app.enableVersioning(versioning) } })
    await allAdd(t, url)
  })
}

t.test('enableCors is for the routes of the application, cors of the adapter or of a gateway for clients', async (t) => {
  const origin = 'https://app.example'
  const asked = async (url: string, headers = { origin }): Promise<[number, string | null]> => {
    const { status, headers: answered } = await fetch(url, { headers })
    return [status, answered.get('access-control-allow-origin')]
  }
  const prepare = (app: NestFastifyApplication): void => { app.enableCors({ origin: [origin, 'https://admin.example'] }) }
  const closed = await startNest(t, { prepare })
  const polling = '/socket.io/?EIO=4&transport=polling'
  t.strictSame(await asked(`${closed.url}/health`), [200, origin])
  t.equal((await asked(closed.url + polling))[0], 403)
  const open = await startNest(t, { prepare, adapter: ours({ cors: { origin } }) })
  t.strictSame(await asked(open.url + polling), [200, origin])
  t.equal((await asked(`${open.url}/admin/1/`))[0], 403, 'the gateway has its own')
  t.strictSame(await asked(`${open.url}/admin/1/`, { origin: 'https://admin.example' }), [200, 'https://admin.example'])
})

t.test('the body parsers, the middleware and the hooks of the application leave the requests of clients alone', async (t) => {
  const seen = new Set<string>()
  const folder = await compile(t, {
    'app.module.ts': `
      import { Module } from '@nestjs/common'
      import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
      @WebSocketGateway() class Gateway { @SubscribeMessage('sum') sum (_client, [a, b]) { return a + b } }
      @Module({ providers: [Gateway] }) export class AppModule {
        configure (consumer) { consumer.apply((request, _response, next) => { request.middleware = 'ran'; next() }).forRoutes('*path') }
      }`
  })
  const { url } = await startNest(t, {
    module: await classOf(folder, 'app.module', 'AppModule'),
    prepare (app) {
      app.useBodyParser('text/plain')
      app.getHttpAdapter().getInstance().addHook('onResponse', async ({ raw }) => { seen.add(`${raw.url?.slice(0, 10)} ${Reflect.get(raw, 'middleware')}`) })
    }
  })
  await allAdd(t, url)
  t.strictSame([...seen], ['/socket.io ran'], 'middleware sees them')
})

t.test('an adapter of Nest\'s documentation: only the class that it extends differs', async (t) => {
  const nsps: string[] = []
  class Spy extends Adapter {
    override async init (): Promise<void> { nsps.push(this.nsp.name) }
  }
  class RedisIoAdapter extends SocketioTransportsAdapter {
    override createIOServer (port: number, options?: ServerOptions): Server {
      const server = super.createIOServer(port, { ...options, pingInterval: 12_345 })
      server.adapter(Spy)
      server.engine.generateId = () => randomUUID().replaceAll('-', '')
      server.engine.use((_request: unknown, response: { setHeader (name: string, value: string): void }, next: () => void) => {
        response.setHeader('x-middleware', 'ran')
        next()
      })
      return server
    }
  }
  const { url } = await startNest(t, { adapter: (app: INestApplication) => new RedisIoAdapter(app) })
  const answer = await fetch(`${url}/socket.io/?EIO=4&transport=polling`)
  const open = JSON.parse((await answer.text()).slice(1)) as { sid: string, pingInterval: number }
  t.match([answer.headers.get('x-middleware'), open], ['ran', { sid: /^[0-9a-f]{32}$/, pingInterval: 12_345 }])
  await join4(t, `${url}/room-3`)
  for (const name of ['/', '/chat', '/room-3']) t.ok(nsps.includes(name), name)
})

t.test('Nest may drop a client by the adapter', async (t) => {
  let adapter: SocketioTransportsAdapter | undefined
  const { app, url } = await startNest(t, { adapter: (app) => (adapter = new SocketioTransportsAdapter(app)) })
  const client = await join4(t, url)
  const gone = hear(client, 'disconnect')()
  const [socket] = fastifyOf(app).io.sockets.sockets.values()
  if (socket !== undefined) adapter?.closeClient(socket)
  t.strictSame((await inTime(gone, 'disconnect'))[0], 'io server disconnect')
})

t.test('the testing application of the docs', async (t) => {
  const { startTestingApp } = await import(pathToFileURL(`${await compile(t, APP)}/testing-app.js`).href) as { startTestingApp (): Promise<NestFastifyApplication> }
  const app = await startTestingApp()
  t.teardown(() => app.close())
  t.equal(await (await join4(t, await app.getUrl())).emitWithAck('sum', [2, 2]), 4)
})

t.test('a testing module, with a provider that the test replaces', async (t) => {
  const folder = await compile(t, {
    'app.module.ts': `
      import { Injectable, Module } from '@nestjs/common'
      import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
      @Injectable() export class Clock { now () { return Date.now() } }
      @WebSocketGateway() class Gateway {
        constructor (private readonly clock: Clock) {}
        @SubscribeMessage('now') now () { return this.clock.now() }
      }
      @Module({ providers: [Clock, Gateway] }) export class AppModule {}`
  })
  const module = await Testing.createTestingModule({ imports: [await classOf(folder, 'app.module', 'AppModule')] })
    .overrideProvider(await classOf(folder, 'app.module', 'Clock')).useValue({ now: () => 1 }).compile()
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false })
  t.teardown(() => app.close())
  app.useWebSocketAdapter(new SocketioTransportsAdapter(app))
  await app.init()
  await app.getHttpAdapter().getInstance().ready()
  t.match((await app.inject('/socket.io/?EIO=4&transport=polling')).body, /^0\{"sid"/, 'without a port')
  await app.listen(0, '127.0.0.1')
  t.equal(await (await join4(t, await app.getUrl())).emitWithAck('now'), 1)
})

t.test('providers of a request are those of the stock adapter', async (t) => {
  const folder = await compile(t, {
    'app.module.ts': `
      import { Injectable, Module, Scope } from '@nestjs/common'
      import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
      @Injectable({ scope: Scope.REQUEST }) export class PerRequest {}
      @Injectable({ scope: Scope.TRANSIENT }) export class Own { name = 'own' }
      @WebSocketGateway() class Gateway {
        constructor (private readonly scoped: PerRequest, private readonly own: Own) {}
        @SubscribeMessage('scoped') scoped_ () { return [typeof this.scoped, typeof this.own] }
      }
      @Module({ providers: [PerRequest, Own, Gateway] }) export class AppModule {}`
  })
  const module: Type<unknown> = await classOf(folder, 'app.module', 'AppModule')
  const [here, there] = await Promise.all([ours(), stock].map(async (adapter) => {
    const { url } = await startNest(t, { module, adapter })
    return await (await join4(t, url)).emitWithAck('scoped')
  }))
  t.strictSame(here, there)
})

t.test('an application without gateways, and a gateway without clients', async (t) => {
  const folder = await compile(t, { 'app.module.ts': "import { Module } from '@nestjs/common'\n@Module({}) export class AppModule {}" })
  const { url } = await startNest(t, { module: await classOf(folder, 'app.module', 'AppModule') })
  t.equal((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status, 404)
  await startNest(t)
})

t.test('Fastify has the Engine of the default path, whatever the order of gateways; without one, that of another path', async (t) => {
  const decorated = async (paths: string[], options = {}): Promise<unknown> => {
    const folder = await compile(t, {
      'app.module.ts': `
        import { Module } from '@nestjs/common'
        import { WebSocketGateway } from '@nestjs/websockets'
        ${paths.map((path, i) => `@WebSocketGateway({ ${path} }) class Gateway${i} { afterInit (server) { server.at = '${path}' } }`).join('\n')}
        @Module({ providers: [${paths.map((_, i) => `Gateway${i}`)}] }) export class AppModule {}`
    })
    const { app, url } = await startNest(t, { module: await classOf(folder, 'app.module', 'AppModule'), adapter: ours(options) })
    const { socketio, io } = fastifyOf(app)
    t.equal(io.engine, socketio)
    for (const path of paths) {
      const answer = await fetch(`${url}${/"(.+)"/.exec(path)?.[1] ?? Object({ path: '/socket.io', ...options }).path}/?EIO=4&transport=polling`)
      t.match(await answer.text(), /^0\{"sid"/, path)
    }
    return Reflect.get(io, 'at')
  }
  t.equal(await decorated(['', 'path: "/a"']), '')
  t.equal(await decorated(['path: "/a"', 'path: "/b"', '']), '')
  t.equal(await decorated(['path: "/a"', ''], { path: '/live' }), '')
  t.equal(await decorated(['path: "/a"']), 'path: "/a"')
})

t.test('flashPolicy and serveClient with two paths', async (t) => {
  const { url } = await startNest(t, { adapter: ours({ cors: { origin: 'https://app.example' }, flashPolicy: { port: 0 }, serveClient: 'node_modules/socket.io/client-dist' }) })
  for (const path of ['/socket.io', '/admin']) {
    const file = await fetch(`${url}${path}/socket.io.js`)
    t.match([file.status, await file.text()], [200, /^\/\*!\n \* Socket\.IO v4/], path)
  }
})
