// Revision 1, htmlfile: an endless document, each payload a script element.
import { HttpLink } from '../lib/http-link.mjs'
import { handshake } from '../lib/revision-1.mjs'
import { StreamSession } from '../lib/stream-session.mjs'

export const family = 'stream'
export const defaults = { path: '/socket.io', message: 'hello' }

const ELEMENT = /<script>_\((".*")$/s
const DELIMITER = Buffer.from(');</script>')

export function prepare (context) {
  context.text = `3:::${context.options.message}`
  context.expected = Buffer.from(`<script>_(${JSON.stringify(context.text)}`)
  context.delimiterOf = () => DELIMITER
  context.packetOf = (part) => {
    const element = ELEMENT.exec(part)
    return element === null ? undefined : JSON.parse(element[1])
  }
}

export function open (context, done) {
  const link = new HttpLink(context.address)
  handshake(link, context, (error, sid) => {
    link.close()
    if (error !== null) return done(error)
    return new StreamSession(context, `${context.options.path}/1/htmlfile/${sid}`, done)
  })
}
