import { ConnectedSocket, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
import { Socket } from 'socket.io'

@WebSocketGateway({ namespace: /^\/room-\d+$/ })
export class RoomsGateway {
  @SubscribeMessage('where')
  where (@ConnectedSocket() client: Socket): string {
    return client.nsp.name
  }
}
