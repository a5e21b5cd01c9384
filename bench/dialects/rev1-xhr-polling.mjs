// Revision 1, xhr-polling.
import { HttpLink, get, post } from '../lib/http-link.mjs'
import { PollingSession } from '../lib/polling-session.mjs'
import { acknowledged, handshake, readPayload } from '../lib/revision-1.mjs'

export const family = 'polling'
export const defaults = { path: '/socket.io', message: 'hello', mode: 'after' }

export function prepare (context) {
  context.text = `3:::${context.options.message}`
  context.expected = Buffer.from(context.text)
}

function wireOf ({ address, expected, text }, url) {
  return {
    poll: get(address, url),
    post: post(address, url, text),
    expected,
    acknowledged,
    other (body) {
      const { echoes, heartbeat } = readPayload(body.toString())
      return { echoes, reply: heartbeat ? post(address, url, '2::') : null }
    }
  }
}

export function open (context, done) {
  const link = new HttpLink(context.address)
  handshake(link, context, (error, sid) => {
    if (error !== null) return done(error)
    const wire = wireOf(context, `${context.options.path}/1/xhr-polling/${sid}?t=1`)
    link.request(wire.poll, (status, body, error) => {
      if (error !== null || status !== 200 || body[0] !== 0x31) done(error ?? new Error(`first poll: ${status} ${body}`))
      else done(null, new PollingSession(context, wire, link))
    })
  })
}
