// Private part of ws: when both sides of a WebSocket have said that they close it.
// What: ws calls the method `close` of the WebSocket when it has read the client's close frame. `_closeFrameReceived` is true then, and `_socket` is the connection.
//   The class of the WebSockets of a server is a documented option. Seen in 8.0 to 8.23.
// When it is gone: nothing breaks. A connection closes when the client has closed its half of it, as with ws alone, which takes more work.
import { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { WebsocketPluginOptions } from '@fastify/websocket'
import { WebSocket } from 'ws'

/** Called a tick later: Node makes an error with a stack for a stream that is destroyed before its last write is noted. */
const destroy = (connection: Socket): void => { connection.destroy() }

interface Private { readonly _closeFrameReceived?: unknown, readonly _socket?: unknown }

/**
 * A WebSocket whose connection is closed by the server as soon as both close frames are through, as RFC 6455, 7.1.1 asks for. A client sends nothing after its close
 * frame, so no byte is unread, with which the kernel would reset the connection and the client might not read our close frame. In TLS there is one: its own end.
 */
class Prompt extends WebSocket {
  override close (code?: number, data?: string | Buffer): void {
    super.close(code, data)
    const { _closeFrameReceived: isReceived, _socket: connection }: Private = Object(this)
    // Without buffered bytes, our close frame is with the operating system. Otherwise ws ends the connection later.
    if (isReceived === true && this.bufferedAmount === 0 && connection instanceof Socket && !(connection instanceof TLSSocket)) process.nextTick(destroy, connection)
  }
}

type ServerOptions = NonNullable<WebsocketPluginOptions['options']>

/** The class as an option of ws. Its type also has the other exports of ws, which a server does not use. */
export const PromptWebSocket = Prompt as NonNullable<ServerOptions['WebSocket']>
