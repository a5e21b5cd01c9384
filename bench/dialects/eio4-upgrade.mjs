// Engine.IO 4 as its clients do by default: it opens by polling, and moves to a WebSocket before the first message.
import { HttpLink, get } from '../lib/http-link.mjs'
import { SocketSession } from '../lib/socket-session.mjs'
import { WebSocketLink, frame } from '../lib/websocket-link.mjs'
import { begin, onPacket } from './eio4-websocket.mjs'

export { defaults, prepare } from './eio4-websocket.mjs'
export const family = 'websocket'

const PROBE = frame('2probe')
const UPGRADE = frame('5')

/** Two things have to happen before it moves: the probe is answered, and the open poll as well. */
function upgrade (context, polls, sid, done) {
  const { path, eio } = context.options
  const session = new SocketSession(context, done)
  let missing = 2
  let moved = false
  const half = () => {
    if (--missing > 0) return
    moved = true
    polls.close()
    session.link.send(UPGRADE)
    begin(context, session)
  }
  polls.request(get(context.address, `${path}/?EIO=${eio}&transport=polling&sid=${sid}`), (status, body, error) => {
    if (error !== null || status !== 200) done(error ?? new Error(`poll: ${status} ${body}`))
    else half()
  })
  session.link = new WebSocketLink(context.address, `${path}/?EIO=${eio}&transport=websocket&sid=${sid}`, {
    onOpen: () => session.link.send(PROBE),
    onMessage (data, start, end) {
      if (moved) onPacket(context, session, data, start, end)
      else if (data.toString('latin1', start, end) === '3probe') half()
      else session.unexpected(data, start, end)
    },
    onClose: (error) => session.ended(error)
  })
}

export function open (context, done) {
  const { path, eio } = context.options
  const polls = new HttpLink(context.address)
  polls.open(get(context.address, `${path}/?EIO=${eio}&transport=polling`), (status, body, error) => {
    if (error !== null || status !== 200) return done(error ?? new Error(`handshake: ${status} ${body}`))
    upgrade(context, polls, JSON.parse(body.toString().slice(1)).sid, done)
  })
}
