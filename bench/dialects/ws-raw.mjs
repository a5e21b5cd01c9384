// Floor: messages over a WebSocket, and no protocol of sessions.
import { SocketSession } from '../lib/socket-session.mjs'
import { WebSocketLink, frame } from '../lib/websocket-link.mjs'

export const family = 'websocket'
export const defaults = { path: '/', message: 'hello' }

export function prepare (context) {
  context.message = frame(context.options.message)
  context.expected = Buffer.from(context.options.message)
  context.broadcast = frame('bcast')
}

export function open (context, done) {
  const session = new SocketSession(context, done)
  session.link = new WebSocketLink(context.address, context.options.path, {
    onOpen: () => session.opened(),
    onMessage: (data, start, end) => session.message(data, start, end),
    onClose: (error) => session.ended(error)
  })
}
