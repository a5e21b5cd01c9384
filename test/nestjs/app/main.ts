import { Logger } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify'
import { SocketioTransportsAdapter } from 'fastify-socketio-transports/nestjs'
import { AppModule } from './app.module.js'

async function bootstrap (): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter())
  app.useWebSocketAdapter(new SocketioTransportsAdapter(app, { drainTimeout: 5000 }))
  app.enableShutdownHooks()
  await app.listen(process.env['PORT'] ?? 3000)
  Logger.log(`The application is running on ${await app.getUrl()}`)
}

bootstrap()
