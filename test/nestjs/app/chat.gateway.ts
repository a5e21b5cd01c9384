import { UseFilters, UseGuards, UseInterceptors, UsePipes, ValidationPipe } from '@nestjs/common'
import { Ack, ConnectedSocket, MessageBody, SubscribeMessage, WebSocketGateway, WebSocketServer, WsException } from '@nestjs/websockets'
import { from, Observable } from 'rxjs'
import { Namespace, Socket } from 'socket.io'
import { MessageDto } from './message.dto.js'
import { ShoutInterceptor } from './shout.interceptor.js'
import { TeapotError, TeapotFilter } from './teapot.filter.js'
import { TokenGuard } from './token.guard.js'

@WebSocketGateway({ namespace: 'chat' })
@UseGuards(TokenGuard)
@UseFilters(TeapotFilter)
@UsePipes(new ValidationPipe({ transform: true, exceptionFactory: (errors) => new WsException(`wrong: ${errors.map(({ property }) => property).join()}`) }))
export class ChatGateway {
  @WebSocketServer()
  namespace!: Namespace

  @SubscribeMessage('say')
  say (@MessageBody() message: MessageDto, @ConnectedSocket() client: Socket): string {
    this.namespace.emit('said', message.text)
    return `${message.constructor.name} of ${client.nsp.name}`
  }

  @SubscribeMessage('shout')
  @UseInterceptors(ShoutInterceptor)
  shout (@MessageBody() message: MessageDto): string {
    return message.text
  }

  // The handler answers by itself, and may do so before it returns.
  @SubscribeMessage('by hand')
  byHand (@MessageBody('text') text: string, @Ack() ack: (answer: string) => void): string {
    ack(`by hand: ${text}`)
    return 'not sent'
  }

  @SubscribeMessage('brew')
  brew (): never {
    throw new TeapotError('short and stout')
  }

  @SubscribeMessage('fail')
  fail (): never {
    throw new Error('not for clients')
  }

  // The first value is the acknowledgement, because a client takes only one.
  @SubscribeMessage('values')
  values (): Observable<string> {
    return from(['first', 'second'])
  }
}
