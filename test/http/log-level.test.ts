// Fastify's options `logLevel` and `logSerializers` of `register`, which Fastify itself applies only to plugins with a scope of their own.
import type { FastifyInstance, FastifyRegisterOptions } from 'fastify'
import t from 'tap'
import fastifySocketIO from '../../src/fastify-socket.io.js'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { connectOfficial, hear } from '../kit/official-clients.js'
import type { Generation } from '../kit/official-clients.js'
import { captureLog, newApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { until } from '../kit/waiting.js'

type Options = FastifyRegisterOptions<SocketioTransportsOptions>

const PLUGINS: readonly [name: string, generations: readonly Generation[], register: (app: FastifyInstance, options: object) => PromiseLike<unknown>][] = [
  ['the plugin', [0.9, 1, 4], (app, options) => app.register(socketioTransports, { io: {}, ...options } as Options)],
  ['the drop-in', [4], (app, options) => app.register(fastifySocketIO, { serveClient: false, ...options })]
]

/** Real clients come and go, on both kinds of transports. */
async function visits (t: Teardown, app: FastifyInstance, generations: readonly Generation[]): Promise<void> {
  const url = `http://127.0.0.1:${await portOf(app)}`
  for (const generation of generations) {
    for (const transport of ['polling', 'websocket']) {
      const client = connectOfficial(generation, url, [transport])
      t.teardown(() => client.disconnect())
      await hear(client, 'connect')()
      client.disconnect()
    }
  }
  await until(() => app.socketio.clientsCount === 0)
}

for (const [name, generations, register] of PLUGINS) {
  t.test(`${name} with logLevel: 'warn' logs no requests of clients, but refusals; other routes log as before`, async (t) => {
    const { lines, logger } = captureLog('info')
    const app = newApp(t, { logger })
    await register(app, { logLevel: 'warn' })
    app.get('/own', async () => 'own')
    await visits(t, app, generations)
    t.strictSame(lines.filter(({ req, res, reqId, sid }) => req ?? res ?? reqId ?? sid), [])
    await app.inject('/own')
    t.strictSame(lines.filter(({ reqId }) => reqId).map(({ msg }) => msg), ['incoming request', 'request completed'])
    await app.inject('/socket.io/?EIO=4&transport=unknown')
    t.match(lines.at(-1), { level: 40, reason: 'unknown transport' })
  })

  t.test(`${name} with logLevel: 'info' tells more than the app`, async (t) => {
    const { lines, logger } = captureLog('warn')
    const app = newApp(t, { logger })
    await register(app, { logLevel: 'info' })
    await visits(t, app, generations)
    t.match(lines.filter(({ msg }) => msg === 'session ended'), Array(2 * generations.length).fill({ level: 30 }))
  })

  t.test(`${name} with logSerializers writes its requests by them`, async (t) => {
    const { lines, logger } = captureLog('info')
    const app = newApp(t, { logger })
    await register(app, { logSerializers: { req: () => 'short' } })
    app.get('/own', async () => 'own')
    await visits(t, app, generations)
    const requests = lines.filter(({ msg }) => msg === 'incoming request')
    t.ok(requests.length >= 2 * generations.length)
    for (const { req } of requests) t.equal(req, 'short')
    await app.inject('/own')
    t.match(lines.filter(({ msg }) => msg === 'incoming request').at(-1), { req: { url: '/own' } })
  })

  t.test(`a logLevel that the logger does not have fails the registration of ${name}`, async (t) => {
    const { logger } = captureLog('info')
    for (const logLevel of ['warning', 7]) {
      await t.rejects(async () => { await register(newApp(t, { logger }), { logLevel }) }, { code: 'FST_SIO_BAD_OPTION', message: /option "logLevel" is .+; allowed: a level of the app's logger/ })
    }
    await register(newApp(t), { logLevel: 'warn' })
  })
}
