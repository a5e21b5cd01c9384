// Revision 1, websocket.
import { HttpLink } from '../lib/http-link.mjs'
import { prepareMessages } from '../lib/messages.mjs'
import { handshake } from '../lib/revision-1.mjs'
import { SocketSession } from '../lib/socket-session.mjs'
import { WebSocketLink, frame } from '../lib/websocket-link.mjs'

export const family = 'websocket'
export const defaults = { path: '/socket.io', message: 'hello' }

const HEARTBEAT = frame('2::')

export function prepare (context) {
  prepareMessages(context, (text) => `3:::${text}`)
}

function onPacket (session, data, start, end) {
  switch (data[start]) {
    case 0x33: return session.message(data, start, end)
    case 0x32: return session.link.send(HEARTBEAT)
    case 0x31: return session.opened()
    case 0x38: return
    default: session.unexpected(data, start, end)
  }
}

export function open (context, done) {
  const link = new HttpLink(context.address)
  handshake(link, context, (error, sid) => {
    link.close()
    if (error !== null) return done(error)
    const session = new SocketSession(context, done)
    session.link = new WebSocketLink(context.address, `${context.options.path}/1/websocket/${sid}`, {
      onMessage: (data, start, end) => onPacket(session, data, start, end),
      onClose: (error) => session.ended(error)
    })
  })
}
