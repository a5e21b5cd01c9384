// Revision 1, xhr-multipart: an endless answer of parts. The boundary is in its head.
import { HttpLink } from '../lib/http-link.mjs'
import { handshake } from '../lib/revision-1.mjs'
import { StreamSession } from '../lib/stream-session.mjs'

export const family = 'stream'
export const defaults = { path: '/socket.io', message: 'hello' }

const BOUNDARY = /\r\ncontent-type: *multipart\/x-mixed-replace; *boundary="([^"]+)"/i
const PART = 'Content-Type: text/plain\n\n'

export function prepare (context) {
  context.text = `3:::${context.options.message}`
  context.expected = Buffer.from(`${PART}${context.text}\n`)
  context.delimiterOf = (head) => Buffer.from(`--${BOUNDARY.exec(head)[1]}\n`)
  context.packetOf = (part) => part.startsWith(PART) ? part.slice(PART.length, -1) : undefined
}

export function open (context, done) {
  const link = new HttpLink(context.address)
  handshake(link, context, (error, sid) => {
    link.close()
    if (error !== null) return done(error)
    return new StreamSession(context, `${context.options.path}/1/xhr-multipart/${sid}`, done)
  })
}
