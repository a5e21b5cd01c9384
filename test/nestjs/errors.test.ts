// Mistakes in an application: each is an error that says what to write instead, or a warning in the log.
import { createServer } from 'node:http'
import type { INestApplication, Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { Server, ServerOptions } from 'socket.io'
import t from 'tap'
import type { Test } from 'tap'
import { SocketioTransportsAdapter } from '../../src/nestjs.js'
import type { NestjsOptions } from '../../types/nestjs.js'
import { join4 } from '../kit/official-clients.js'
import { captureLog } from '../kit/servers/app.js'
import { classOf, compile, createNest, moduleOfApp, nestLogger, ours, startNest, stock } from './nest-app.js'

/** A module with one gateway for each list of arguments. */
async function gateways (t: Test, ...args: string[]): Promise<Type<unknown>> {
  const folder = await compile(t, {
    'app.module.ts': `
      import { Module } from '@nestjs/common'
      import { WebSocketGateway } from '@nestjs/websockets'
      ${args.map((given, i) => `@WebSocketGateway(${given}) class Gateway${i} {}`).join('\n')}
      @Module({ providers: [${args.map((_, i) => `Gateway${i}`)}] })
      export class AppModule {}`
  })
  return await classOf(folder, 'app.module', 'AppModule')
}

/** The warnings of an application with these gateways. */
async function warnings (t: Test, args: string[], options: NestjsOptions = {}): Promise<string[]> {
  const { lines, logger } = nestLogger()
  await startNest(t, { module: await gateways(t, ...args), adapter: ours(options), logger })
  return lines
}

t.test('an application without FastifyAdapter', async (t) => {
  class OtherAdapter extends FastifyAdapter {
    override getType (): string { return 'express' }
  }
  const app = await NestFactory.create(await moduleOfApp(t), new OtherAdapter(), { logger: false, abortOnError: false })
  t.teardown(() => app.close())
  t.throws(() => new SocketioTransportsAdapter(app), { code: 'FST_SIO_NOT_FASTIFY', message: /got an application with the HTTP adapter "express"; write NestFactory\.create\(AppModule, new FastifyAdapter\(\)\)/ })
  for (const other of [createServer(), undefined, {}] as unknown as INestApplication[]) {
    t.throws(() => new SocketioTransportsAdapter(other), { code: 'FST_SIO_NOT_FASTIFY', message: /got something else/ })
  }
})

t.test('an adapter that comes too late', async (t) => {
  const app = await createNest(t, { adapter: stock })
  await app.init()
  t.throws(() => new SocketioTransportsAdapter(app), { code: 'FST_SIO_TOO_LATE', message: /useWebSocketAdapter\(new SocketioTransportsAdapter\(app\)\) before/ })
})

t.test('a gateway with a port', async (t) => {
  const app = await createNest(t, { module: await gateways(t, '81, { namespace: "chat" }') })
  await t.rejects(app.init(), { code: 'FST_SIO_GATEWAY_PORT', message: /@WebSocketGateway\(81\).*remove the number/ })
  await startNest(t, { module: await gateways(t, '0, { namespace: "chat" }') })
})

t.test('wrong options, of the adapter and of a gateway', async (t) => {
  const module = await gateways(t, '')
  for (const options of [{ pingIntervall: 1 }, { cors: true }, { path: 'x' }] as NestjsOptions[]) {
    await t.rejects((await createNest(t, { module, adapter: ours(options) })).init(), { code: 'FST_SIO_BAD_OPTION' }, JSON.stringify(options))
  }
  for (const given of ['{ cors: () => {} }', '{ path: "x" }', '{ pingInterval: -1 }', '{ transports: ["webtransport"] }']) {
    await t.rejects((await createNest(t, { module: await gateways(t, given) })).init(), { code: 'FST_SIO_BAD_OPTION' }, given)
  }
})

t.test('a controller on the path of the clients', async (t) => {
  const folder = await compile(t, {
    'app.module.ts': `
      import { Controller, Get, Module } from '@nestjs/common'
      import { WebSocketGateway } from '@nestjs/websockets'
      @Controller('socket.io') class Own { @Get() get () { return 'own' } }
      @WebSocketGateway() class Gateway {}
      @Module({ controllers: [Own], providers: [Gateway] }) export class AppModule {}`
  })
  const app = await createNest(t, { module: await classOf(folder, 'app.module', 'AppModule') })
  await t.rejects(app.listen(0), { code: 'FST_SIO_DUPLICATED_PATH' })
})

t.test('options without effect', async (t) => {
  t.strictSame(await warnings(t, ['{ httpCompression: true, cors: { origin: "https://a.example", exposedHeaders: ["x"] } }']), [
    '@WebSocketGateway: httpCompression has no effect: register @fastify/compress to compress answers to polls',
    '@WebSocketGateway: cors.exposedHeaders has no effect: register @fastify/cors for the whole app'
  ])
  t.strictSame(await warnings(t, [''], { io: { pingInterval: 1000, connectTimeout: 1000 } }), ['io.pingInterval has no effect: set the option "pingInterval" of fastify-socketio-transports'])
  t.match(await warnings(t, [''], { pingInterval: 25 }), [/pingInterval is 25 ms: times are milliseconds/], 'of the plugin')
})

t.test('two gateways on a path with different options', async (t) => {
  const conflict = /^@WebSocketGateway: (\w+) has no effect, because another gateway has opened the path before/
  const found = async (...args: string[]): Promise<unknown[]> => (await warnings(t, args)).map((line) => conflict.exec(line)?.[1] ?? line)
  t.strictSame(await found('{ cors: { origin: /x/ } }', '{ namespace: "a", cors: { origin: /y/ }, pingTimeout: 1000 }'), ['cors', 'pingTimeout'])
  t.strictSame(await found('{ pingTimeout: 1000 }', '{ path: "/socket.io", pingTimeout: 2000 }'), ['pingTimeout'], 'the default path by its name')
  t.strictSame(await found('{ namespace: "a", cors: { origin: /x/ } }', '{ namespace: "b", cors: { origin: /x/ } }', '{ path: "/b/" }', '{ path: "/b", namespace: "c" }'), [])
})

t.test('an adapter that sets options for all gateways', async (t) => {
  class Own extends SocketioTransportsAdapter {
    override createIOServer (port: number, options?: Partial<ServerOptions>): Server {
      return super.createIOServer(port, { ...options, pingTimeout: 3000 })
    }
  }
  const { lines, logger } = nestLogger()
  await startNest(t, { module: await gateways(t, '{ namespace: "a", pingTimeout: 1000 }'), adapter: (app) => new Own(app), logger })
  t.strictSame(lines, [])
})

t.test('the log is that of Nest, unless Fastify has one', async (t) => {
  const { lines, logger } = nestLogger()
  const module = await gateways(t, '')
  const nest = await startNest(t, { module, logger })
  const refused = (url: string): Promise<Response> => fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers: { origin: 'https://evil.example' } })
  t.equal((await refused(nest.url)).status, 403)
  t.match(lines, [/^refused: origin refused; what to do: docs\/refusals\.md#origin-refused \{ reason: 'origin refused', detail: .*set cors\.origin: \['https:\/\/evil\.example'\]/])
  t.equal(lines.length, 1)
  t.equal((await fetch(`${nest.url}/none`)).status, 404)
  t.equal(lines.length, 1, 'other routes do not log there')

  const fastify = captureLog('warn')
  const other = nestLogger()
  const both = await startNest(t, { module, logger: other.logger, fastify: { logger: fastify.logger } })
  await refused(both.url)
  t.match(fastify.lines, [{ reason: 'origin refused' }])
  t.strictSame(other.lines, [])
})

t.test('an error that no filter takes is logged with its stack; the client has its next answer', async (t) => {
  const folder = await compile(t, {
    'app.module.ts': `
      import { Catch, Module, UseFilters } from '@nestjs/common'
      import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
      @Catch() class Failing { catch () { throw new Error('the filter fails') } }
      @WebSocketGateway() class Gateway {
        @UseFilters(new Failing()) @SubscribeMessage('x') x () { throw new Error('x') }
        @SubscribeMessage('y') y () { return 'y' }
      }
      @Module({ providers: [Gateway] }) export class AppModule {}`
  })
  const stacks: unknown[] = []
  const keep = (line: unknown, ...rest: unknown[]): void => { stacks.push([line, ...rest]) }
  const { url } = await startNest(t, { module: await classOf(folder, 'app.module', 'AppModule'), logger: { log () {}, warn: keep, error: keep, fatal: keep } })
  const client = await join4(t, url)
  client.emit('x')
  t.equal(await client.emitWithAck('y'), 'y')
  client.emit('x')
  t.equal(await client.emitWithAck('y'), 'y')
  t.match(stacks, [
    ['the handler of the message "x" failed Error: the filter fails', /at Failing\.catch/],
    ['the handler of the message "x" failed Error: the filter fails', /at Failing\.catch/]
  ])
})
