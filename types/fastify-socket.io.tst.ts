// The published types of the drop-in, and their agreement with the code. What an application declares beside is in drop-in/.
import Fastify from 'fastify'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { ServerOptions } from 'socket.io'
import { describe, expect, test } from 'tstyche'
import implementation from '../src/fastify-socket.io.js'
import type { toOptions } from '../src/drop-in/options.js'
import fastifySocketIO, { socketioServer } from './fastify-socket.io.js'
import type { FastifySocketioOptions } from './fastify-socket.io.js'

declare const app: FastifyInstance

describe('the application', () => {
  test('registers it with the options of the Server, or none', () => {
    expect(app.register).type.toBeCallableWith(fastifySocketIO)
    expect(Fastify({ logger: true }).register).type.toBeCallableWith(fastifySocketIO, { path: '/live/', cors: { origin: '*' } })
    expect(fastifySocketIO).type.toBe<FastifyPluginAsync<FastifySocketioOptions>>()
    expect(socketioServer).type.toBe<typeof fastifySocketIO>()
  })

  test('says what happens when it closes, whatever it calls `done`', () => {
    const options = (given: FastifySocketioOptions): FastifySocketioOptions => given
    expect(options).type.toBeCallableWith({ preClose: (done: () => void) => done() })
    expect(options).type.toBeCallableWith({ preClose: (done: (error?: Error) => void) => done(new Error('no')) })
    // As fastify-socket.io types it.
    expect(options).type.toBeCallableWith({ preClose: (done: Function) => done() })
    expect(options).type.not.toBeCallableWith({ preClose: (done: string) => done })
    expect(options).type.not.toBeCallableWith({ pingInterval: 'often' })
    expect<Partial<ServerOptions>>().type.toBeAssignableTo<FastifySocketioOptions>()
  })
})

describe('the code keeps what the types promise', () => {
  test('the plugin and its names', () => {
    expect(implementation).type.toBeAssignableTo<typeof fastifySocketIO>()
    expect(fastifySocketIO).type.toBeAssignableTo<typeof implementation>()
    expect<keyof typeof import('../src/fastify-socket.io.js')>().type.toBe<keyof typeof import('./fastify-socket.io.js')>()
  })

  test('the options are those that are translated', () => {
    expect<FastifySocketioOptions>().type.toBeAssignableTo<Parameters<typeof toOptions>[0]>()
  })
})
