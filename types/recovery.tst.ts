// The published types of recovery, and their agreement with the code.
import { createAdapter } from '@socket.io/redis-streams-adapter'
import { Redis } from 'ioredis'
import { createClient } from 'redis'
import { Server } from 'socket.io'
import type { ServerOptions } from 'socket.io'
import { describe, expect, test } from 'tstyche'
import type { FastifyInstance } from 'fastify'
import * as implementation from '../src/recovery.js'
import plugin from './index.js'
import { recoverable } from './recovery.js'
import type { RecoverableOptions } from './recovery.js'

declare const app: FastifyInstance
const redis = createClient()

describe('recoverable', () => {
  test('takes the function of the adapter, or one that calls it with options, and both kinds of clients', () => {
    expect(recoverable).type.toBeCallableWith(redis, createAdapter)
    expect(recoverable).type.toBeCallableWith(new Redis(), createAdapter, { saveInterval: 1000, log: app.log })
    expect(recoverable).type.toBeCallableWith(redis, (client: typeof redis) => createAdapter(client, { streamName: 'chat' }))
  })

  test('returns an adapter for the Server and for the option io', () => {
    expect(recoverable(redis, createAdapter)).type.toBeAssignableTo<ServerOptions['adapter']>()
    expect(Server).type.toBeConstructableWith({ adapter: recoverable(redis, createAdapter), connectionStateRecovery: {} })
    expect(app.register).type.toBeCallableWith(plugin, { io: { adapter: recoverable(redis, createAdapter), connectionStateRecovery: {} } })
  })

  test('takes nothing else', () => {
    expect(recoverable).type.not.toBeCallableWith(createAdapter(redis))
    expect(recoverable).type.not.toBeCallableWith(redis, createAdapter(redis), { interval: 1 })
    expect<RecoverableOptions>().type.not.toBeAssignableFrom({ saveInterval: '5s' })
  })

  test('is what the code exports', () => {
    expect(implementation.recoverable).type.toBe<typeof recoverable>()
  })
})
