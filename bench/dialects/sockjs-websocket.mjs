// SockJS, websocket.
import { prepareMessages } from '../lib/messages.mjs'
import { SocketSession } from '../lib/socket-session.mjs'
import { WebSocketLink } from '../lib/websocket-link.mjs'

export const family = 'websocket'
export const defaults = { path: '/echo', message: 'hello' }

const wrap = (text) => JSON.stringify([text])

export function prepare (context) {
  prepareMessages(context, wrap, (text) => `a${wrap(text)}`)
  context.names = 0
}

function onFrame (session, data, start, end) {
  switch (data[start]) {
    case 0x61: return session.message(data, start, end)
    case 0x6f: return session.opened()
    case 0x68: return
    default: session.unexpected(data, start, end)
  }
}

export function open (context, done) {
  const session = new SocketSession(context, done)
  session.link = new WebSocketLink(context.address, `${context.options.path}/000/s${process.pid}x${context.names++}/websocket`, {
    onMessage: (data, start, end) => onFrame(session, data, start, end),
    onClose: (error) => session.ended(error)
  })
}
