// Headers that listeners of the Engine add to answers and upgrades, and the cookie of the session id.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { serialize } from 'cookie'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { CookieOptions } from '../../types/options.js'
import type { Engine } from '../engine/engine.js'
import { isUpgrade } from './upgrade-requests.js'

type Headers = Record<string, string | string[]>

/** Headers for the answer to an upgrade. */
const ofUpgrades = new WeakMap<IncomingMessage, Headers>()

/** Removes line breaks, which would begin another header. */
const toLine = (text: unknown): string => String(text).replace(/[\r\n]/g, '')

const toLines = (headers: Headers): Headers => Object.fromEntries(Object.entries(headers).map(([name, value]) =>
  [name, Array.isArray(value) ? value.map(toLine) : toLine(value)]))

/**
 * Returns the headers for the answer to an upgrade: those that middlewares have set on its response, and those of listeners. Some middlewares set theirs when the
 * head is written (the package on-headers). So Node makes a head here. It is never sent, because the WebSocket library writes the answer.
 */
function withMiddlewares (response: ServerResponse, headers: Headers): Headers {
  const all: Headers = {}
  response.writeHead(101)
  for (const [name, value = []] of Object.entries(response.getHeaders())) all[name] = [value].flat().map(String)
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase()
    all[key] = key === 'set-cookie' ? [all[key] ?? [], value].flat() : value
  }
  return all
}

/**
 * Adds the headers of the Engine's listeners to an answer. The answer to an upgrade also gets those that middlewares have set on the response.
 * @param initial whether it is the first answer of its session
 */
export function addHeaders (engine: Engine, reply: FastifyReply, initial: boolean): void {
  const hasMiddlewares = engine.middlewares.length > 0
  if (!hasMiddlewares && engine.listenerCount('headers') + (initial ? engine.listenerCount('initial_headers') : 0) === 0) return
  const { raw } = reply.request
  const headers: Headers = {}
  if (initial) engine.emit('initial_headers', headers, raw)
  engine.emit('headers', headers, raw)
  if (!isUpgrade(reply.request)) reply.headers(toLines(headers))
  else ofUpgrades.set(raw, toLines(hasMiddlewares ? withMiddlewares(reply.raw, headers) : headers))
}

/** Switches off the XSS filter of Internet Explorer, which takes packets for scripts. As in engine.io, only for this browser. */
export function allowMarkup (reply: FastifyReply): void {
  const { 'user-agent': browser = '' } = reply.request.headers
  if (browser.includes('Trident/') || browser.includes(';MSIE')) reply.header('x-xss-protection', '0')
}

/** Makes the WebSocket library, which writes the answers to upgrades, add the headers stored for them. */
export function addUpgradeHeaders (scope: FastifyInstance): void {
  scope.websocketServer.on('headers', (lines: string[], request: IncomingMessage) => {
    const headers = ofUpgrades.get(request) ?? {}
    ofUpgrades.delete(request) // another instance of this plugin may listen too
    for (const [name, values] of Object.entries(headers)) {
      for (const value of [values].flat()) lines.push(`${name}: ${value}`)
    }
  })
}

/** Sets a cookie with the session id, for load balancers that send all requests of a client to one server. */
export function setCookie (reply: FastifyReply, { name, ...options }: CookieOptions & { name: string }, sid: string): void {
  reply.header('set-cookie', serialize(name, sid, options))
}
