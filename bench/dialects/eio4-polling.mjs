// Engine.IO, polling.
import { acknowledged, payloads, readPackets, wrap } from '../lib/engine-io.mjs'
import { HttpLink, get, post } from '../lib/http-link.mjs'
import { PollingSession } from '../lib/polling-session.mjs'

export const family = 'polling'
export const defaults = { path: '/engine.io', message: 'hello', mode: 'after', app: 'raw', eio: 4 }

export function prepare (context) {
  const { app, eio, message } = context.options
  context.payloads = payloads(eio)
  context.text = context.payloads.encode(wrap(app, message))
  context.expected = Buffer.from(context.text)
  context.opened = 0
}

function wireOf ({ address, expected, payloads, text }, url) {
  return {
    poll: get(address, url),
    post: post(address, url, text),
    expected,
    acknowledged,
    other (body) {
      const { echoes, ping } = readPackets(payloads.decode(body.toString()))
      return { echoes, reply: ping ? post(address, url, payloads.encode('3')) : null }
    }
  }
}

/** Socket.IO 5: connects to the namespace `/`. */
function connect ({ address, payloads }, url, link, callback) {
  link.request(post(address, url, payloads.encode('40')), (status, body, error) => {
    if (error !== null || !acknowledged(status, body)) return callback(error ?? new Error(`POST of a connect: ${status} ${body}`))
    link.request(get(address, url), (status, body, error) => {
      const connected = error === null && status === 200 && payloads.decode(body.toString()).some((packet) => packet.startsWith('40'))
      callback(connected ? null : error ?? new Error(`poll after a connect: ${status} ${body}`))
    })
  })
}

export function open (context, done) {
  const { address, options, payloads } = context
  const link = new HttpLink(address)
  const base = `${options.path}/?EIO=${options.eio}&transport=polling&t=${context.opened++}`
  link.open(get(address, base), (status, body, error) => {
    if (error !== null || status !== 200) return done(error ?? new Error(`handshake: ${status} ${body}`))
    const [opened] = payloads.decode(body.toString())
    const url = `${base}&sid=${JSON.parse(opened.slice(1)).sid}`
    const finish = (error) => error === null ? done(null, new PollingSession(context, wireOf(context, url), link)) : done(error)
    if (options.app === 'sio5') connect(context, url, link, finish)
    else finish(null)
  })
}
