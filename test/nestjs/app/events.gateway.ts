import { ConnectedSocket, MessageBody, OnGatewayConnection, OnGatewayDisconnect, OnGatewayInit, SubscribeMessage, WebSocketGateway, WebSocketServer } from '@nestjs/websockets'
import type { WsResponse } from '@nestjs/websockets'
import { interval, map, Observable, take } from 'rxjs'
import { Server, Socket } from 'socket.io'
import { RoomsService } from './rooms.service.js'

@WebSocketGateway()
export class EventsGateway implements OnGatewayInit, OnGatewayConnection, OnGatewayDisconnect {
  @WebSocketServer()
  server!: Server

  constructor (private readonly rooms: RoomsService) {}

  afterInit (server: Server): void {
    server.use((socket, next) => socket.handshake.query['refuse'] === undefined ? next() : next(new Error('refused by a middleware')))
    this.rooms.note(`init ${server === this.server}`)
  }

  handleConnection (client: Socket): void {
    this.rooms.note(`connect ${client.nsp.name}`)
  }

  handleDisconnect (client: Socket): void {
    this.rooms.note(`disconnect ${client.nsp.name}`)
  }

  // A return value is the acknowledgement.
  @SubscribeMessage('sum')
  sum (@MessageBody() numbers: number[]): number {
    return numbers.reduce((sum, one) => sum + one, 0)
  }

  @SubscribeMessage('later')
  async later (@MessageBody() text: string): Promise<string> {
    return `later ${text}`
  }

  // An object with `event` and `data` is an event.
  @SubscribeMessage('echo')
  echo (@MessageBody() data: unknown): WsResponse<unknown> {
    return { event: 'echoed', data }
  }

  // Each value of an Observable is one event.
  @SubscribeMessage('count')
  count (@MessageBody() to: number): Observable<WsResponse<number>> {
    return interval(5).pipe(take(to), map((data) => ({ event: 'number', data })))
  }

  @SubscribeMessage('everyone')
  everyone (@MessageBody('text') text: string, @ConnectedSocket() client: Socket): void {
    this.server.emit('news', text)
    client.emit('sent', text)
  }
}
