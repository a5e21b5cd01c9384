import { ConnectedSocket, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { sessionOf } from 'fastify-socketio-transports/nestjs'
import { Socket } from 'socket.io'

@WebSocketGateway({ path: '/admin', cors: { origin: 'https://admin.example' }, transports: ['websocket'] })
export class AdminGateway {
  @SubscribeMessage('who')
  who (@ConnectedSocket() client: Socket): unknown {
    return { context: sessionOf(client)?.context ?? null }
  }
}
