// Revision 1, jsonp-polling: the payload as a string in a script downwards, and in a form upwards.
import { HttpLink, get, post } from '../lib/http-link.mjs'
import { PollingSession } from '../lib/polling-session.mjs'
import { acknowledged, handshake, readPayload } from '../lib/revision-1.mjs'

export const family = 'polling'
export const defaults = { path: '/socket.io', message: 'hello', mode: 'after' }

const SCRIPT = /^io\.j\[0\]\((".*")\);$/s

export function prepare (context) {
  context.text = `3:::${context.options.message}`
  context.expected = Buffer.from(`io.j[0](${JSON.stringify(context.text)});`)
}

function payloadOf (body) {
  const script = SCRIPT.exec(body.toString())
  if (script === null) throw new Error(`no script: ${body}`)
  return JSON.parse(script[1])
}

const form = (address, url, text) => post(address, url, `d=${encodeURIComponent(JSON.stringify(text))}`, 'application/x-www-form-urlencoded')

function wireOf ({ address, expected, text }, url) {
  return {
    poll: get(address, url, `Referer: http://${address.host}:${address.port}/\r\n`), // of the own page, as browsers say
    post: form(address, url, text),
    expected,
    acknowledged,
    other (body) {
      const { echoes, heartbeat } = readPayload(payloadOf(body))
      return { echoes, reply: heartbeat ? form(address, url, '2::') : null }
    }
  }
}

export function open (context, done) {
  const link = new HttpLink(context.address)
  handshake(link, context, (error, sid) => {
    if (error !== null) return done(error)
    const wire = wireOf(context, `${context.options.path}/1/jsonp-polling/${sid}?t=1&i=0`)
    link.request(wire.poll, (status, body, error) => {
      if (error !== null || status !== 200 || !payloadOf(body).startsWith('1')) done(error ?? new Error(`first poll: ${status} ${body}`))
      else done(null, new PollingSession(context, wire, link))
    })
  })
}
