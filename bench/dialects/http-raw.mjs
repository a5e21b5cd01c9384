// Floor for polling: GET /s/ID?open opens, GET /s/ID polls, POST /s/ID is echoed into the poll. No protocol, no heartbeat.
import { HttpLink, get, post } from '../lib/http-link.mjs'
import { PollingSession } from '../lib/polling-session.mjs'

export const family = 'polling'
export const defaults = { path: '/s', message: 'hello', mode: 'after' }

const NOTHING = { echoes: 0, reply: null }

export function prepare (context) {
  context.opened = 0
  context.expected = Buffer.from(context.options.message)
}

export function open (context, done) {
  const { address, options } = context
  const url = `${options.path}/${process.pid}x${context.opened++}`
  const link = new HttpLink(address)
  link.request(get(address, `${url}?open`), (status, body, error) => {
    if (error !== null || status !== 200) return done(error ?? new Error(`handshake: ${status} ${body}`))
    done(null, new PollingSession(context, {
      poll: get(address, url),
      post: post(address, url, options.message),
      expected: context.expected,
      acknowledged: (status, body) => status === 200 && body.length === 2,
      other: () => NOTHING
    }, link))
  })
}
