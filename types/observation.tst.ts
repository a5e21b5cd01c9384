// The channels and the metrics as an application meets them.
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'
import fastifyMetrics from 'fastify-metrics'
import { register, Registry } from 'prom-client'
import { describe, expect, test } from 'tstyche'
import { channels as implementation } from '../src/observation/channels.js'
import { prometheusMetrics as registerImplementation } from '../src/prometheus.js'
import { channels } from './index.js'
import type { Channels, DialectName, DurationHistogram, EndMessage, EndReason, Engine, Metrics, Observation, OpenMessage, RefusalReason, RequestKind, Socket, Traffic, TransportName } from './index.js'
import { prometheusMetrics } from './prometheus.js'

declare const app: FastifyInstance
declare const socket: Socket

describe('channels', () => {
  test('have the types of their messages', () => {
    channels.open.subscribe((message, name) => {
      expect(message).type.toBe<OpenMessage>()
      expect(name).type.toBe<string | symbol>()
    })
    channels.end.subscribe(({ engine, socket, reason, cause, seconds, traffic }) => {
      expect(engine).type.toBe<Engine>()
      expect(socket).type.toBe<Socket>()
      expect(reason).type.toBe<EndReason>()
      expect(cause).type.toBe<Error | undefined>()
      expect(seconds).type.toBe<number>()
      expect(traffic).type.toBe<Traffic>()
    })
    channels.move.subscribe(({ from, to }) => expect([from, to]).type.toBe<TransportName[]>())
    channels.packet.subscribe(({ direction, frame, transport }) => {
      expect(direction).type.toBe<'in' | 'out'>()
      expect(frame).type.toBe<string | Buffer>()
      expect(transport).type.toBe<TransportName>()
    })
    channels.request.subscribe(({ request, kind }) => {
      expect(request).type.toBe<IncomingMessage>()
      expect(kind).type.toBe<RequestKind>()
    })
    channels.refused.subscribe(({ reason, detail, dialect, sid }) => {
      expect(reason).type.toBe<RefusalReason>()
      expect(detail).type.toBe<string>()
      expect(dialect).type.toBe<DialectName | undefined>()
      expect(sid).type.toBe<string | undefined>()
    })
    expect<Channels['fastify-socketio-transports:end']>().type.toBe<EndMessage>()
  })

  test('take only listeners of their own messages', () => {
    expect(channels.open.subscribe).type.not.toBeCallableWith((message: EndMessage) => message.reason)
    expect(channels.open).type.not.toHaveProperty('publish')
  })

  test('are those of the code', () => {
    expect(implementation).type.toBeAssignableTo<Observation>()
  })
})

describe('a Socket', () => {
  test('knows its traffic and its age', () => {
    expect(socket.traffic).type.toBe<Traffic>()
    expect(socket.openedAt).type.toBe<number>()
  })
})

describe('metrics', () => {
  test('have numbers by dialect and transport, upgrades and durations', () => {
    expect(app.socketio.metrics).type.toBe<Metrics>()
    expect(app.socketio.metrics.sessions['engine 4']?.websocket).type.toBe<number | undefined>()
    expect(app.socketio.metrics.sessions).type.not.toHaveProperty('engine 5')
    expect(app.socketio.metrics.upgrades.failed).type.toBe<number>()
    expect(app.socketio.metrics.histograms.poll).type.toBe<DurationHistogram>()
    expect(app.socketio.metrics.nodes.serving).type.toBe<number | undefined>()
  })

  test('go to a registry of prom-client, and to that of fastify-metrics', () => {
    expect(prometheusMetrics).type.toBeCallableWith(app.socketio, { register })
    expect(prometheusMetrics).type.toBeCallableWith(app.socketio, { register: new Registry(), prefix: 'chat_', labels: { app: 'chat' } })
    expect(prometheusMetrics).type.not.toBeCallableWith(app.socketio, {})
    expect(prometheusMetrics).type.not.toBeCallableWith(app.socketio, { register: {} })
    expect(prometheusMetrics).type.not.toBeCallableWith(app.socketio, { register, labels: { app: 1 } })
    app.register(fastifyMetrics.default)
    expect(prometheusMetrics).type.toBeCallableWith(app.socketio, { register: app.metrics.client.register })
    expect(registerImplementation).type.toBe<typeof prometheusMetrics>()
  })
})
