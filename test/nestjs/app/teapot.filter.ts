import { ArgumentsHost, Catch } from '@nestjs/common'
import { BaseWsExceptionFilter } from '@nestjs/websockets'
import type { Socket } from 'socket.io'

export class TeapotError extends Error {}

@Catch(TeapotError)
export class TeapotFilter extends BaseWsExceptionFilter<TeapotError> {
  override catch (error: TeapotError, host: ArgumentsHost): void {
    host.switchToWs().getClient<Socket>().emit('exception', { status: 'teapot', message: error.message })
  }
}
