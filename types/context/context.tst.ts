// What an application says about its `authorize` reaches the Socket. A program of its own: it says so for all of it.
import { expect, test } from 'tstyche'
import type { Socket, SocketContext, SocketioTransportsOptions } from 'fastify-socketio-transports'

declare module 'fastify-socketio-transports' {
  interface SocketioTypes { context: { user: string } }
}

test('the context is what SocketioTypes says', () => {
  expect<SocketContext>().type.toBe<{ user: string }>()
  expect<Socket['context']>().type.toBe<{ user: string }>()
})

test('authorize returns it, or a decision', () => {
  const options = (given: SocketioTransportsOptions): SocketioTransportsOptions => given
  expect(options).type.toBeCallableWith({ authorize: () => ({ user: 'ann' }) })
  expect(options).type.toBeCallableWith({ authorize: async () => ({ user: 'ann' }) })
  expect(options).type.toBeCallableWith({ authorize: () => false })
  expect(options).type.not.toBeCallableWith({ authorize: () => {} })
  expect(options).type.not.toBeCallableWith({ authorize: () => ({ user: 1 }) })
  expect(options).type.not.toBeCallableWith({ authorize: async () => 'yes' })
})
