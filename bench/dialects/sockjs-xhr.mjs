// SockJS, xhr: it polls by POST.
import { HttpLink, post } from '../lib/http-link.mjs'
import { PollingSession } from '../lib/polling-session.mjs'

export const family = 'polling'
export const defaults = { path: '/echo', message: 'hello', mode: 'after' }

export function prepare (context) {
  context.text = JSON.stringify([context.options.message])
  context.expected = Buffer.from(`a${context.text}\n`)
  context.opened = 0
}

function other (body) {
  if (body[0] === 0x63) throw new Error(`ended by the server: ${body}`)
  return { echoes: body[0] === 0x61 ? 1 : 0, reply: null }
}

export function open (context, done) {
  const { address, options, text, expected } = context
  const base = `${options.path}/000/p${process.pid}x${context.opened++}`
  const link = new HttpLink(address)
  const wire = {
    poll: post(address, `${base}/xhr`, ''),
    post: post(address, `${base}/xhr_send`, text),
    expected,
    acknowledged: (status) => status === 204,
    other
  }
  link.request(wire.poll, (status, body, error) => {
    if (error !== null || status !== 200 || body[0] !== 0x6f) done(error ?? new Error(`handshake: ${status} ${body}`))
    else done(null, new PollingSession(context, wire, link))
  })
}
