import { FastifyAdapter, NestFastifyApplication } from '@nestjs/platform-fastify'
import { Test } from '@nestjs/testing'
import { SocketioTransportsAdapter } from 'fastify-socketio-transports/nestjs'
import { AppModule } from './app.module.js'

export async function startTestingApp (): Promise<NestFastifyApplication> {
  const module = await Test.createTestingModule({ imports: [AppModule] }).compile()
  const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter())
  app.useWebSocketAdapter(new SocketioTransportsAdapter(app))
  await app.listen(0)
  return app
}
