import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common'
import { WsException } from '@nestjs/websockets'
import type { Socket } from 'socket.io'

@Injectable()
export class TokenGuard implements CanActivate {
  canActivate (context: ExecutionContext): boolean {
    const client = context.switchToWs().getClient<Socket>()
    // Clients 3.x and 4.x send `auth`; those before have the query, which 4.x clients may send, too.
    const { token } = { ...client.handshake.query, ...client.handshake.auth }
    if (token !== 'secret') throw new WsException('wrong token')
    return true
  }
}
