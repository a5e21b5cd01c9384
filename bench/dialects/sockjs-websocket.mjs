// SockJS, websocket.
import { SocketSession } from '../lib/socket-session.mjs'
import { WebSocketLink, frame } from '../lib/websocket-link.mjs'

export const family = 'websocket'
export const defaults = { path: '/echo', message: 'hello' }

const wrap = (text) => JSON.stringify([text])

export function prepare (context) {
  context.message = frame(wrap(context.options.message))
  context.expected = Buffer.from(`a${wrap(context.options.message)}`)
  context.broadcast = frame(wrap('bcast'))
  context.opened = 0
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
  session.link = new WebSocketLink(context.address, `${context.options.path}/000/s${process.pid}x${context.opened++}/websocket`, {
    onMessage: (data, start, end) => onFrame(session, data, start, end),
    onClose: (error) => session.ended(error)
  })
}
