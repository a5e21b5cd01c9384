// An application of fastify-socket.io types `app.io` itself, with its events. A program of its own: it says so for all of it.
import Fastify from 'fastify'
import type { Server, Socket } from 'socket.io'
import { expect, test } from 'tstyche'
import fastifySocketIO from 'fastify-socketio-transports/fastify-socket.io'

interface Hears { chat: (text: string) => void }
interface Says { news: (id: number) => void }

declare module 'fastify' {
  interface FastifyInstance { io: Server<Hears, Says> }
}

test('its own types of app.io are not in the way of any', () => {
  const app = Fastify()
  app.register(fastifySocketIO, { pingTimeout: 5000 })
  expect(app.io).type.toBe<Server<Hears, Says>>()
  app.io.on('connection', (socket) => {
    expect(socket).type.toBe<Socket<Hears, Says>>()
    expect(socket.emit).type.toBeCallableWith('news', 1)
    expect(socket.emit).type.not.toBeCallableWith('news', 'one')
  })
})
