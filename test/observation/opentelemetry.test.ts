// examples/opentelemetry: a session is a span with its requests as links, and no span is left open, by upgrades neither. Wants a build.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { FastifyOtelInstrumentation } from '@fastify/otel'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import t from 'tap'
import socketioTransports from '../../src/index.js'
import { connectOfficial, hear } from '../kit/official-clients.js'
import { freePort } from '../kit/machine/free-port.js'
import { newApp, portOf } from '../kit/servers/app.js'
import { until } from '../kit/waiting.js'

const EXAMPLE = new URL('../../examples/opentelemetry/', import.meta.url)
const { enableContext } = await import(new URL('context.js', EXAMPLE).href) as { enableContext (): void }
const { traceSessions } = await import(new URL('trace-sessions.js', EXAMPLE).href) as { traceSessions (tracer: unknown): () => void }
enableContext()

for (const generation of [0.9, 2, 4] as const) {
  t.test(`a client ${generation} that begins with polls`, async (t) => {
    const exporter = new InMemorySpanExporter()
    let started = 0
    const counter: SpanProcessor = { onStart () { started++ }, onEnd () {}, forceFlush: async () => {}, shutdown: async () => {} }
    const provider = new BasicTracerProvider({ spanProcessors: [counter, new SimpleSpanProcessor(exporter)] })
    const instrumentation = new FastifyOtelInstrumentation()
    instrumentation.setTracerProvider(provider)
    t.teardown(traceSessions(provider.getTracer('sessions')))
    const app = newApp(t)
    await app.register(instrumentation.plugin())
    await app.register(socketioTransports, { io: {} })
    const moved = generation !== 0.9
    const client = connectOfficial(generation, `http://127.0.0.1:${await portOf(app)}`, moved ? ['polling', 'websocket'] : ['polling'])
    await hear(client, 'connect')()
    if (moved) await until(() => app.socketio.metrics.upgrades.done === 1)
    client.disconnect()
    const sessions = (): ReadableSpan[] => exporter.getFinishedSpans().filter(({ name }) => name === 'socket.io session')
    await until(() => sessions().length === 1)
    const [session] = sessions()
    t.match(session?.attributes, { 'client.address': '127.0.0.1', 'socketio.reason': /client left|connection closed/, 'socketio.packetsIn': Number, 'socketio.bytesOut': Number })
    t.notOk(session?.parentSpanContext)
    if (moved) t.match(session?.events, [{ name: 'move', attributes: { from: 'polling', to: 'websocket' } }])
    const kinds = new Set(session?.links.map(({ attributes }) => attributes?.['socketio.request']))
    t.ok(kinds.has('poll') && (generation === 2 || kinds.has('post')) && (!moved || kinds.has('upgrade')), [...kinds].join())
    await until(() => exporter.getFinishedSpans().length === started)
    const byId = new Map(exporter.getFinishedSpans().map((span) => [span.spanContext().spanId, span]))
    for (const { context } of session?.links ?? []) {
      const request = byId.get(context.spanId)
      t.ok(request, 'a link leads to a span that has ended')
      t.ok(request?.links.some((link) => link.context.spanId === session?.spanContext().spanId), 'which leads back')
    }
  })
}

t.test('the server of the example, as its author starts it, writes a span for a session', async (t) => {
  const port = await freePort()
  const child = spawn(process.execPath, [fileURLToPath(new URL('server.js', EXAMPLE))], { env: { ...process.env, NODE_OPTIONS: '', PORT: String(port) }, stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text })
  t.teardown(async () => {
    child.kill('SIGTERM')
    await once(child, 'exit')
  })
  await until(() => output.includes('Server listening'))
  const client = connectOfficial(4, `http://localhost:${port}`, ['polling'])
  await hear(client, 'connect')()
  client.disconnect()
  await until(() => /name: 'socket\.io session'[^]*'socketio\.request': 'poll'/.test(output))
})
