// The published types of the inspector, and their agreement with the code.
import { describe, expect, test } from 'tstyche'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type * as implementation from '../src/inspector.js'
import { nodes } from './cluster.js'
import inspector, { inspector as named } from './inspector.js'
import type { InspectorOptions } from './inspector.js'
import type { Socket } from './socket.js'

declare const app: FastifyInstance
const prefix = '/inspector'

describe('inspector', () => {
  test('takes a rule of the application, as a function of the request or as hooks', () => {
    expect(app.register).type.toBeCallableWith(inspector, { prefix, authorize: ({ headers }: FastifyRequest) => headers.authorization === 'Bearer of good news' })
    expect(app.register).type.toBeCallableWith(inspector, { prefix, authorize: async () => true })
    expect(app.register).type.toBeCallableWith(inspector, { prefix, onRequest: async () => {} })
    expect(app.register).type.toBeCallableWith(named, { prefix, preHandler: [async () => {}, async () => {}] })
    expect(app.register).type.toBeCallableWith(inspector, { prefix, allowAnyone: true, readOnly: true })
  })

  test('takes a function for the user, a cluster and the sessions of another registration', () => {
    const cluster = nodes({ secret: 'x'.repeat(32), peers: ['a:1'] })
    expect(app.register).type.toBeCallableWith(inspector, { allowAnyone: true, cluster, engine: app.socketio, userOf: ({ remoteAddress }: Socket) => remoteAddress })
  })

  test('takes nothing else', () => {
    expect<InspectorOptions>().type.not.toBeAssignableFrom({ authorize: () => 'yes' })
    expect<InspectorOptions>().type.not.toBeAssignableFrom({ userOf: () => 1 })
    expect<InspectorOptions>().type.not.toBeAssignableFrom({ password: 'secret' })
  })

  test('is what the code exports', () => {
    expect<typeof implementation.inspector>().type.toBeAssignableTo<typeof named>()
    expect<typeof implementation.default>().type.toBeAssignableTo<typeof inspector>()
  })
})
