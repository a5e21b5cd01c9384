// Engine.IO, websocket from the start.
import { wrap } from '../lib/engine-io.mjs'
import { prepareMessages } from '../lib/messages.mjs'
import { SocketSession } from '../lib/socket-session.mjs'
import { WebSocketLink, frame } from '../lib/websocket-link.mjs'

export const family = 'websocket'
export const defaults = { path: '/engine.io', message: 'hello', app: 'raw', eio: 4 }

const PONG = frame('3')
/** Socket.IO 5: connects to the namespace `/`. */
const CONNECT = frame('40')

export function prepare (context) {
  const { app } = context.options
  prepareMessages(context, (text) => wrap(app, text))
  context.socketio = app === 'sio5'
}

/** A packet on the WebSocket that is the session's transport. */
export function onPacket (context, session, data, start, end) {
  switch (data[start]) {
    case 0x34:
      if (session.ready) session.message(data, start, end)
      else if (context.socketio && data[start + 1] === 0x30) session.opened()
      return
    case 0x32: return session.link.send(PONG)
    case 0x30: return begin(context, session)
    case 0x33: case 0x36: return
    default: session.unexpected(data, start, end)
  }
}

/** The transport is open: so is the session, or what is in it is to be opened. */
export function begin (context, session) {
  if (context.socketio) session.link.send(CONNECT)
  else session.opened()
}

export function open (context, done) {
  const { path, eio } = context.options
  const session = new SocketSession(context, done)
  session.link = new WebSocketLink(context.address, `${path}/?EIO=${eio}&transport=websocket`, {
    onMessage: (data, start, end) => onPacket(context, session, data, start, end),
    onClose: (error) => session.ended(error)
  })
}
