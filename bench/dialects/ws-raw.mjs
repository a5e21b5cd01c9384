// Floor: messages over a WebSocket, and no protocol of sessions.
import { prepareMessages } from '../lib/messages.mjs'
import { SocketSession } from '../lib/socket-session.mjs'
import { WebSocketLink } from '../lib/websocket-link.mjs'

export const family = 'websocket'
export const defaults = { path: '/', message: 'hello' }

export function prepare (context) {
  prepareMessages(context, (text) => text)
}

export function open (context, done) {
  const session = new SocketSession(context, done)
  session.link = new WebSocketLink(context.address, context.options.path, {
    onOpen: () => session.opened(),
    onMessage: (data, start, end) => session.message(data, start, end),
    onClose: (error) => session.ended(error)
  })
}
