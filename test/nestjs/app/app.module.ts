import { Module } from '@nestjs/common'
import { AdminGateway } from './admin.gateway.js'
import { ChatGateway } from './chat.gateway.js'
import { EventsGateway } from './events.gateway.js'
import { HealthController } from './health.controller.js'
import { RoomsGateway } from './rooms.gateway.js'
import { RoomsService } from './rooms.service.js'

@Module({
  controllers: [HealthController],
  providers: [RoomsService, EventsGateway, ChatGateway, RoomsGateway, AdminGateway]
})
export class AppModule {}
