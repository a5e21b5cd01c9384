// Apps with documentation, metrics, traces, and plugins that watch the load.
import circuitBreaker from '@fastify/circuit-breaker'
import { FastifyOtelInstrumentation } from '@fastify/otel'
import sensible from '@fastify/sensible'
import swagger from '@fastify/swagger'
import underPressure from '@fastify/under-pressure'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import metrics from 'fastify-metrics'
import type { FastifyInstance } from 'fastify'
import { ask, connectOfficial } from '../../kit/official-clients.js'
import { inTime } from '../../kit/waiting.js'
import { ONCE, testHosts } from './host.js'
import type { Host, Running } from './host.js'

const ownRoute = (app: FastifyInstance): void => { app.get('/own', async () => 'own') }
const exporter = new InMemorySpanExporter()

/** Whether the process of the app has too much to do, as a health check of the app sees it. */
let busy = false

const statusOf = async (url: string): Promise<number> => (await fetch(url)).status

/** A client of the app asks, again and again, until its answer is what is awaited. */
async function untilStatus (url: string, status: number): Promise<void> {
  while (await statusOf(url) !== status);
}

async function checkPressure ({ t, url }: Running): Promise<void> {
  const peer = connectOfficial(4, url, ['polling'])
  t.strictSame(await inTime(ask(peer, 'echo', 1), 'echo'), [1])
  busy = true
  await inTime(untilStatus(`${url}/own`, 503), 'pressure')
  t.equal(await statusOf(`${url}/socket.io/?EIO=4&transport=polling`), 503, 'no more clients')
  t.strictSame(await inTime(ask(peer, 'echo', 2), 'echo'), [2], 'those that are connected stay')
  busy = false
  await inTime(untilStatus(`${url}/own`, 200), 'end of the pressure')
  peer.disconnect()
}

const HOSTS: readonly Host[] = [
  {
    name: '@fastify/swagger',
    register: (app) => app.register(swagger),
    routes: ownRoute,
    check: ({ t, app }) => t.strictSame(Object.keys(Object(app.swagger()).paths), ['/own'], 'the documentation has none of the plugin')
  },
  {
    name: '@fastify/under-pressure',
    register: (app) => app.register(underPressure, { maxEventLoopDelay: 10_000, maxHeapUsedBytes: 1e10, exposeStatusRoute: true }),
    check: async ({ t, url }) => t.equal(await statusOf(`${url}/status`), 200)
  },
  {
    name: '@fastify/under-pressure when the pressure is high',
    register: (app) => app.register(underPressure, {
      healthCheck: async () => !busy,
      healthCheckInterval: 20,
      pressureHandler (request, reply) { if (request.socketio === null) reply.code(503).send('busy') }
    }),
    routes: ownRoute,
    check: checkPressure,
    expects: ({ msg }) => msg.includes('health check')
  },
  { // registered later, its hook fails in every scope that was there before, because its request decorators are not in them
    name: '@fastify/circuit-breaker for all routes of the app, registered before the plugin',
    orders: ONCE,
    async register (app) {
      await app.register(circuitBreaker, { threshold: 1, timeout: 30, resetTimeout: 1000 })
      const breaker = app.circuitBreaker()
      app.addHook('onRequest', async (request, reply) => {
        if (!request.routeOptions.config.socketio) await breaker(request, reply, () => {})
      })
    },
    routes: (app) => app.get('/own', (_request, reply) => { setTimeout(() => reply.send('late'), 40) }),
    async check ({ t, url }) {
      t.equal(await statusOf(`${url}/own`), 503)
      t.match(await (await fetch(`${url}/own`)).text(), 'Circuit open')
    },
    expects: ({ msg }) => msg === 'Timeout' || msg === 'Circuit open'
  },
  {
    name: '@fastify/sensible',
    register: (app) => app.register(sensible),
    routes: (app) => app.get('/own', async () => { throw app.httpErrors.imateapot() }),
    check: async ({ t, url }) => t.equal(await statusOf(`${url}/own`), 418)
  },
  {
    name: 'fastify-metrics',
    register: (app) => app.register(metrics.default, { endpoint: '/metrics', clearRegisterOnInit: true, defaultMetrics: { enabled: false } }),
    routes: ownRoute,
    async check ({ t, url }) {
      await fetch(`${url}/own`)
      t.match(await (await fetch(`${url}/metrics`)).text(), /http_request_duration_seconds_count\{method="GET",route="\/own",status_code="200"\} 1/)
    }
  },
  {
    name: '@fastify/otel',
    async register (app) {
      exporter.reset()
      const instrumentation = new FastifyOtelInstrumentation()
      instrumentation.setTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }))
      await app.register(instrumentation.plugin())
    },
    routes: ownRoute,
    async check ({ t, url }) {
      await fetch(`${url}/own`)
      t.ok(exporter.getFinishedSpans().some(({ attributes }) => attributes['http.route'] === '/own'))
    }
  }
]

testHosts(HOSTS)
