import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify'
import { AppModule } from './app.module.js'
import { RedisIoAdapter } from './redis-io.adapter.js'

export async function bootstrap (): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter())
  const adapter = new RedisIoAdapter(app, { drainTimeout: 5000 })
  await adapter.connectToRedis()
  app.useWebSocketAdapter(adapter)
  app.enableShutdownHooks()
  await app.listen(process.env['PORT'] ?? 3000)
  return app
}
