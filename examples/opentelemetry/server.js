// An app whose spans are written to the console: those of requests, by @fastify/otel, and one for each session. PORT is in the environment.
import { FastifyOtelInstrumentation } from '@fastify/otel'
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
import { enableContext } from './context.js'
import { traceSessions } from './trace-sessions.js'

const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())] })
const instrumentation = new FastifyOtelInstrumentation()
instrumentation.setTracerProvider(provider)
enableContext()
traceSessions(provider.getTracer('sessions'))

const app = Fastify({ logger: true })
await app.register(instrumentation.plugin())
await app.register(socketioTransports, { io: {} })
await app.listen({ port: Number(process.env.PORT ?? 3000) })
process.once('SIGTERM', () => app.close())
