import { createAdapter } from '@socket.io/redis-adapter'
import { SocketioTransportsAdapter } from 'fastify-socketio-transports/nestjs'
import { createClient } from 'redis'
import type { Server, ServerOptions } from 'socket.io'

export class RedisIoAdapter extends SocketioTransportsAdapter {
  readonly #pubClient = createClient({ url: process.env['REDIS_URL'] ?? 'redis://localhost:6379' })
  readonly #subClient = this.#pubClient.duplicate()

  async connectToRedis (): Promise<void> {
    await Promise.all([this.#pubClient.connect(), this.#subClient.connect()])
  }

  override createIOServer (port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, options)
    server.adapter(createAdapter(this.#pubClient, this.#subClient))
    return server
  }

  override async dispose (): Promise<void> {
    await Promise.all([this.#pubClient.close(), this.#subClient.close()])
  }
}
