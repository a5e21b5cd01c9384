// The published types as an application meets them, and their agreement with the code: neither can drift alone.
import type { ServerResponse } from 'node:http'
import type { NextFunction, Request, Response } from 'express'
import session from 'express-session'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest, RouteOptions } from 'fastify'
import { Server } from 'socket.io'
import { describe, expect, test } from 'tstyche'
import implementation, { socketioTransports as namedImplementation } from '../src/index.js'
import type { Engine as EngineClass } from '../src/engine/engine.js'
import type { readOptions } from '../src/options.js'
import type { Settings } from '../src/options.js'
import type { Socket as SocketClass } from '../src/session/socket.js'
import type { TRANSPORTS } from '../src/transports/index.js'
import type { CONNECTION_ERRORS } from '../src/errors.js'
import type { CLOSE_REASONS } from '../src/session/reasons.js'
import plugin, { fromServerOptions, socketioTransports } from './index.js'
import type {
  CloseReason, ConnectionError, CorsOptions, DialectName, EndReason, Engine, FlashPolicyOptions, HandshakeRequest, Metrics, OutgoingPacket, Packet, RefusalReason, SessionEnd, Socket,
  SocketContext, SocketioRouteConfig, SocketioTransportsOptions, TransportName
} from './index.js'

declare const app: FastifyInstance
declare const socket: Socket

describe('the application', () => {
  test('registers the plugin, by its name or as the default', () => {
    expect(app.register).type.toBeCallableWith(plugin)
    expect(app.register).type.toBeCallableWith(socketioTransports, { transports: ['xhr-polling'], prefix: '/old' })
    expect(plugin).type.toBe<FastifyPluginAsync<SocketioTransportsOptions>>()
    expect(socketioTransports).type.toBe<typeof plugin>()
    expect(Fastify().register).type.toBeCallableWith(plugin, { io: new Server() })
  })

  test('converts options of a Server', () => {
    expect(fromServerOptions({ transports: ['polling'], cors: { origin: true } })).type.toBe<SocketioTransportsOptions>()
    expect(fromServerOptions).type.not.toBeCallableWith({ pingInterval: 'often' })
    expect(app.register).type.toBeCallableWith(plugin, { ...fromServerOptions({ path: '/live' }), io: {} })
  })

  test('has the Engine and the official Server', () => {
    expect(app.socketio).type.toBe<Engine>()
    expect(app.io).type.toBe<Server>()
    expect(new Server().bind).type.toBeCallableWith(app.socketio)
  })

  test("finds the Socket below one of the Server's", () => {
    app.io.on('connection', (client) => {
      expect(app.socketio.sessionOf(client)).type.toBe<Socket | undefined>()
      expect(app.socketio.sessionOf(client.client)).type.toBe<Socket | undefined>()
    })
  })

  test('knows the session of a request, and what a route serves', () => {
    expect<FastifyRequest['socketio']>().type.toBe<Socket | null>()
    expect<FastifyRequest['routeOptions']['config']['socketio']>().type.toBe<SocketioRouteConfig | undefined>()
    expect<NonNullable<RouteOptions['config']>['socketio']>().type.toBe<SocketioRouteConfig | undefined>()
    expect<SocketioRouteConfig['transport']>().type.toBe<TransportName | null>()
    expect<SocketioRouteConfig['dialect']>().type.toBe<DialectName>()
    app.addHook('preHandler', async (request) => {
      expect(request.socketio?.transport.name).type.toBe<TransportName | undefined>()
    })
  })
})

describe('the Engine', () => {
  test('gives its sessions to read, not to change', () => {
    expect(app.socketio.sessions.get('id')).type.toBe<Socket | undefined>()
    expect(app.socketio.sessions).type.not.toHaveProperty('set')
    expect(app.socketio.clientsCount).type.toBe<number>()
    expect(app.socketio.close()).type.toBe<Engine>()
  })

  test('takes middlewares of Express, and functions without types', () => {
    expect(app.socketio.use).type.toBeCallableWith(session({ secret: 'changeit' }))
    expect(app.socketio.use).type.toBeCallableWith((req: Request & { _query?: { sid?: string } }, res: Response, next: NextFunction) => {
      if (req._query?.sid === undefined) res.status(401).end()
      else next()
    })
    expect(app.socketio.use).type.not.toBeCallableWith({})
    expect(app.socketio.use).type.not.toBeCallableWith((name: string) => name)
    app.socketio.use((request, response, next) => {
      expect(request.headers.cookie).type.toBe<string | undefined>()
      expect(request._query).type.toBe<Record<string, unknown> | undefined>()
      expect(response).type.toBe<ServerResponse>()
      next(new Error('no'))
    })
  })

  test('types what its events carry', () => {
    app.socketio.on('connection', (connected) => { expect(connected).type.toBe<Socket>() })
    app.socketio.on('connection_error', (error) => {
      expect(error).type.toBe<ConnectionError>()
      expect(error.code).type.toBe<0 | 1 | 2 | 3 | 4 | 5>()
    })
  })
})

describe('a Socket', () => {
  test('hands over packets that their type tells apart', () => {
    socket.on('packet', (packet) => {
      expect(packet).type.toBe<Packet>()
      switch (packet.type) {
        case 'connect': return expect(packet.query).type.toBe<string | undefined>()
        case 'message': return expect(packet.data).type.toBe<string>()
        case 'json': return expect(packet.data).type.toBe<unknown>()
        case 'event':
          if (packet.ack === 'data') expect(packet.id).type.toBe<string>()
          return expect(packet.args).type.toBe<unknown[]>()
        case 'ack': return expect(packet.id).type.toBe<string>()
        case 'error': return expect(packet.reason).type.toBe<Exclude<typeof packet.reason, undefined> | undefined>()
        case 'disconnect': return expect(packet).type.not.toHaveProperty('data')
        default: return expect(packet).type.toBe<never>()
      }
    })
  })

  test('takes what it hands over back, and less', () => {
    expect<Packet>().type.toBeAssignableTo<OutgoingPacket>()
    expect(socket.send).type.toBeCallableWith({ type: 'message', data: 'x' })
    expect(socket.send).type.toBeCallableWith({ type: 'event', name: 'x', ack: 'plain' }, { volatile: true })
    expect(socket.send).type.toBeCallableWith({ type: 'ack', id: '1' })
    expect(socket.send).type.toBeCallableWith({ type: 'disconnect' })
    expect(socket.send({ type: 'json', data: 1, ack: 'data' })).type.toBe<string | undefined>()
  })

  test('refuses what is no packet', () => {
    expect(socket.send).type.not.toBeCallableWith({ type: 'greeting' })
    expect(socket.send).type.not.toBeCallableWith({ type: 'message' })
    expect(socket.send).type.not.toBeCallableWith({ type: 'message', data: 1 })
    expect(socket.send).type.not.toBeCallableWith({ type: 'message', data: 'x', name: 'y' })
    expect(socket.send).type.not.toBeCallableWith({ type: 'event', args: [] })
    expect(socket.send).type.not.toBeCallableWith({ type: 'ack', args: [] })
    expect(socket.send).type.not.toBeCallableWith({ type: 'ack', id: 1 })
    expect(socket.send).type.not.toBeCallableWith({ type: 'event', name: 'x', ack: true })
    expect(socket.send).type.not.toBeCallableWith({ type: 'error', reason: 'because' })
    expect(socket.send).type.not.toBeCallableWith({ type: 'heartbeat' })
    expect(socket.send).type.not.toBeCallableWith({ type: 'noop' })
    expect(socket.send).type.not.toBeCallableWith('x')
  })

  test('says why it ended', () => {
    socket.on('close', (reason, details) => {
      expect(reason).type.toBe<CloseReason>()
      expect(reason).type.toBe<'transport error' | 'transport close' | 'forced close' | 'ping timeout' | 'parse error'>()
      expect(details).type.toBe<SessionEnd>()
      expect(details.reason).type.toBe<EndReason>()
      expect(details.cause).type.toBe<Error | undefined>()
    })
  })

  test('has a word for every end and every refusal, the same as in the code', () => {
    expect<EndReason>().type.toBe<keyof typeof CLOSE_REASONS>()
    expect<Metrics['ended']>().type.toBe<Readonly<Partial<Record<EndReason, number>>>>()
    expect<ConnectionError['reason']>().type.toBe<RefusalReason>()
  })

  test('knows its transport and dialect by name', () => {
    type Names = 'websocket' | 'polling' | 'flashsocket' | 'htmlfile' | 'xhr-multipart' | 'xhr-polling' | 'jsonp-polling'
    expect(socket.transport.name).type.toBe<Names>()
    expect(socket.dialect).type.toBe<'revision 1' | 'engine 3' | 'engine 4'>()
  })

  test('is read, not written', () => {
    type Fixed = 'id' | 'dialect' | 'readyState' | 'request' | 'transport' | 'context' | 'bufferedAmount'
    expect<{ -readonly [K in Fixed]: Socket[K] }>().type.not.toBe<Pick<Socket, Fixed>>()
    expect<Readonly<Pick<Socket, Fixed>>>().type.toBe<Pick<Socket, Fixed>>()
  })

  test('holds a context of unknown type, unless SocketioTypes says more', () => {
    expect(socket.context).type.toBe<unknown>()
    expect<SocketContext>().type.toBe<unknown>()
  })
})

describe('the options', () => {
  const options = (given: SocketioTransportsOptions): SocketioTransportsOptions => given

  test('name transports, times and bounds', () => {
    expect(options).type.toBeCallableWith({ transports: ['flashsocket', 'xhr-multipart'] as const, heartbeatInterval: false })
    expect(options).type.not.toBeCallableWith({ transports: ['webtransport'] })
    expect(options).type.toBeCallableWith({ dialects: ['engine 3', 'revision 1'], pingInterval: 1, cookie: { name: 'id', maxAge: 5 } })
    expect(options).type.not.toBeCallableWith({ dialects: ['engine 2'] })
    expect(options).type.not.toBeCallableWith({ heartbeatTimeout: false })
    expect(options).type.not.toBeCallableWith({ heartbeatInterval: true })
    expect(options).type.not.toBeCallableWith({ slowClient: 'wait' })
    expect(options).type.toBeCallableWith({ serveClient: true })
    expect(options).type.not.toBeCallableWith({ serveClient: 1 })
    expect(options).type.not.toBeCallableWith({ heartbeat: 25_000 })
  })

  test('take origins as @fastify/cors does', () => {
    for (const origin of [true, 'https://a.example', /a/, ['https://a.example', /b/]] as const) {
      expect(options).type.toBeCallableWith({ cors: { origin } })
    }
    expect(options).type.toBeCallableWith({ cors: { origin: async (asked: string) => asked.endsWith('.example') } })
    expect(options).type.toBeCallableWith({ cors: { origin: (asked: string) => asked.endsWith('.example') } })
    expect(options).type.toBeCallableWith({ cors: { origin: () => [/a/, 'https://a.example'] as const } })
    expect(options).type.toBeCallableWith({ cors: { origin: (_asked: string, callback: (error: null, origin: string[]) => void) => { callback(null, ['https://a.example']) } } })
    expect(options).type.not.toBeCallableWith({ cors: { origin: 1 } })
    expect(options).type.not.toBeCallableWith({ cors: { methods: ['GET'] } })
  })

  test('let authorize see the request', () => {
    type Authorize = NonNullable<SocketioTransportsOptions['authorize']>
    expect<Parameters<Authorize>>().type.toBe<[request: HandshakeRequest]>()
    expect<HandshakeRequest>().type.toBeAssignableTo<FastifyRequest>()
    expect<HandshakeRequest['query']>().type.toBe<Readonly<Record<string, unknown>>>()
    expect(options).type.toBeCallableWith({ authorize: async (request: FastifyRequest<{ Querystring: { token?: string } }>) => request.query.token === 'secret' })
    expect(options).type.toBeCallableWith({ authorize: () => false })
    expect(options).type.toBeCallableWith({ authorize: async ({ headers }: FastifyRequest) => ({ user: String(headers.cookie) }) })
    expect(options).type.not.toBeCallableWith({ authorize: (socket: Socket) => socket.id === '' })
    expect(options).type.not.toBeCallableWith({ authorize: true })
  })

  test('do not let authorize forget its answer', () => {
    expect(options).type.not.toBeCallableWith({ authorize: () => {} })
    expect(options).type.not.toBeCallableWith({ authorize: async () => {} })
    expect(options).type.not.toBeCallableWith({ authorize: ({ headers }: FastifyRequest) => headers.cookie })
    expect(options).type.toBeCallableWith({ authorize: ({ headers }: FastifyRequest) => headers.cookie ?? false })
  })

  test('take a Server or the options of one', () => {
    expect(options).type.toBeCallableWith({ io: new Server() })
    expect(options).type.toBeCallableWith({ io: { connectTimeout: 1000 } })
    expect(options).type.not.toBeCallableWith({ io: { connectTimeout: 'soon' } })
    expect(options).type.not.toBeCallableWith({ io: true })
  })
})

describe('the code keeps what the types promise', () => {
  test('the plugin', () => {
    expect(implementation).type.toBeAssignableTo<typeof plugin>()
    expect(plugin).type.toBeAssignableTo<typeof implementation>()
    expect(namedImplementation).type.toBe<typeof implementation>()
    expect<typeof import('../src/index.js')>().type.toBeAssignableTo<typeof import('./index.js')>()
    expect<keyof typeof import('../src/index.js')>().type.toBe<keyof typeof import('./index.js')>()
  })

  test('the Engine and the Socket', () => {
    expect<EngineClass>().type.toBeAssignableTo<Engine>()
    expect<SocketClass>().type.toBeAssignableTo<Socket>()
  })

  test('every option is read, and none beside', () => {
    expect<keyof Settings>().type.toBe<keyof SocketioTransportsOptions>()
    expect<ReturnType<typeof readOptions>>().type.toBe<Settings>()
    expect<Parameters<typeof readOptions>>().type.toBe<[options: SocketioTransportsOptions]>()
    expect<Omit<Settings, 'flashPolicy'>>().type.toBeAssignableTo<Omit<SocketioTransportsOptions, 'flashPolicy'>>()
    expect<Settings['cors']>().type.toBe<CorsOptions>()
    expect<Settings['flashPolicy']>().type.toBe<FlashPolicyOptions | undefined>()
  })

  test('the tables have a row for each name', () => {
    expect<keyof typeof TRANSPORTS | 'polling'>().type.toBe<TransportName>()
    expect<keyof typeof CONNECTION_ERRORS>().type.toBe<ConnectionError['code']>()
  })
})
