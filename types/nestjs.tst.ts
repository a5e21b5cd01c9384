// The published types of the NestJS adapter, and their agreement with the code.
import type { INestApplication, WebSocketAdapter } from '@nestjs/common'
import type { Namespace, Server, ServerOptions, Socket as ServerSocket } from 'socket.io'
import { describe, expect, test } from 'tstyche'
import type * as implementation from '../src/nestjs.js'
import type { Socket } from './index.js'
import { sessionOf, SocketioTransportsAdapter } from './nestjs.js'
import type { GatewayOptions, NestjsOptions } from './nestjs.js'

declare const app: INestApplication
declare const client: ServerSocket

describe('the application', () => {
  test('uses the adapter, with options of the plugin', () => {
    expect(app.useWebSocketAdapter).type.toBeCallableWith(new SocketioTransportsAdapter(app))
    expect(SocketioTransportsAdapter).type.toBeConstructableWith(app, { cors: { origin: true }, drainTimeout: 1, io: { connectionStateRecovery: {} } })
    expect(SocketioTransportsAdapter).type.not.toBeConstructableWith()
    expect(SocketioTransportsAdapter).type.not.toBeConstructableWith(app, { io: { connectTimeout: '1' } })
    expect(SocketioTransportsAdapter).type.not.toBeConstructableWith(app, { cors: true })
  })

  test('overrides createIOServer as Nest documents it', () => {
    class RedisIoAdapter extends SocketioTransportsAdapter {
      override createIOServer (port: number, options?: ServerOptions): Server {
        return super.createIOServer(port, options)
      }
    }
    expect(new RedisIoAdapter(app).create(0)).type.toBe<Server | Namespace>()
  })

  test('has the session of a client', () => {
    expect(sessionOf(client)).type.toBe<Socket | undefined>()
    expect(sessionOf).type.not.toBeCallableWith({})
  })
})

describe('the code keeps what the types promise', () => {
  test('the adapter and its names', () => {
    expect<SocketioTransportsAdapter>().type.toBeAssignableTo<WebSocketAdapter<Server | Namespace, ServerSocket, GatewayOptions>>()
    expect<implementation.SocketioTransportsAdapter>().type.toBeAssignableTo<SocketioTransportsAdapter>()
    expect<ConstructorParameters<typeof implementation.SocketioTransportsAdapter>>().type.toBe<[app: INestApplication, options?: NestjsOptions | undefined]>()
    expect<keyof typeof import('../src/nestjs.js')>().type.toBe<keyof typeof import('./nestjs.js')>()
  })
})
