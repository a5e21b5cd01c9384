// The Fastify hooks of the plugin's routes: origin policy, CORS, preflight, JSONP.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { RefusedRequest } from '../errors.js'
import { callbackIndex, toCallback, toEngineCallback, toErrorScript, toScript } from '../transports/jsonp-polling.js'
import { isRevision1, TRANSPORTS } from '../transports/index.js'
import { adviceFor, isForeign, isNameless, originHeader, originOf, ownOrigin } from './origin.js'
import type { OriginPolicy, Verdict } from './origin.js'
import { lastOf } from './query.js'
import { isScript } from './script.js'
import { isUpgrade } from './upgrade-requests.js'

type Done = (error?: Error) => void

/** Property of a request: the JSONP callback of its answer. Its index has been checked, and has only digits. */
export const JSONP: unique symbol = Symbol('fastify-socketio-transports.jsonp')

interface Jsonp {
  readonly callback: string
  failed: boolean
  /** Whether a page of another origin loads the script, which `cors.origin` allows. */
  readonly isForeign: boolean
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Not a decorator: Fastify would write its value into every request, and few requests have a callback. */
    [JSONP]?: Jsonp | undefined
  }
}

// ---- onRequest

function addVary (reply: FastifyReply, field: string): void {
  const fields = String(reply.getHeader('vary') ?? '').split(/[\s,]+/).filter((one) => one !== '')
  if (fields.some((one) => one === '*' || one.toLowerCase() === field.toLowerCase())) return
  reply.header('vary', [...fields, field].join(', '))
}

/** Returns whether a page of another origin needs CORS to read the answer. Scripts and frames need none (docs/revision-1.md, Cross-origin answers). */
function isCors (request: FastifyRequest): boolean {
  const { transport = null, dialect } = request.routeOptions.config.socketio ?? {}
  if (request.method !== 'GET') return true
  return dialect === 'revision 1' && transport !== null && isRevision1(transport) ? TRANSPORTS[transport].cors : !isScript(request)
}

/** Adds the header for `'*'`, as socket.io and @fastify/cors do: to each answer, without credentials. */
function addAnyCors (request: FastifyRequest, reply: FastifyReply): void {
  if (isCors(request) && !reply.hasHeader('access-control-allow-origin')) reply.header('access-control-allow-origin', '*')
}

function addCors (request: FastifyRequest, reply: FastifyReply, policy: OriginPolicy): void {
  const origin = originHeader(request)
  if (!policy.configured || !isCors(request)) return
  addVary(reply, 'Origin')
  // An app-wide @fastify/cors may have set the header.
  if (origin === undefined || reply.hasHeader('access-control-allow-origin')) return
  // Not `*`: the handshake of client 0.9 sends credentials.
  reply.header('access-control-allow-origin', origin)
  if (policy.credentials) reply.header('access-control-allow-credentials', 'true')
  if (request.method === 'POST') reply.header('x-xss-protection', '0')
}

/** Answers OPTIONS. The client's own requests need no preflight, but a page or a proxy may add headers that do. */
function preflight (request: FastifyRequest, reply: FastifyReply): void {
  const asked = request.headers['access-control-request-headers']
  reply.header('allow', 'GET, POST, OPTIONS')
  if (request.headers['access-control-request-method'] !== undefined) {
    reply.header('access-control-allow-methods', 'GET, POST')
    if (asked !== undefined) reply.header('access-control-allow-headers', asked)
    addVary(reply, 'Access-Control-Request-Headers')
  }
  reply.code(204).send()
}

const NAMELESS = 'a request for a script without Origin, Sec-Fetch-Site and Referer: let the page send a Referer (Referrer-Policy: origin), serve it by https, or set cors.origin to true'

/**
 * Asks the node with the session of an upgrade whether its page is the server's own. Returns false if this node can tell: then `answer` is not called. It gets an error
 * when that node is out of reach.
 */
export type Vouch = (request: FastifyRequest, origin: string, answer: (isOwn: boolean | RefusedRequest) => void) => boolean

function originHook (policy: OriginPolicy, vouch: Vouch) {
  return function checkOrigin (request: FastifyRequest, reply: FastifyReply, done: Done): void {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
    const origin = originOf(request)
    const refuse = (): void => {
      const own = ownOrigin(request)
      done(new RefusedRequest('origin refused', isNameless(request) ? NAMELESS : adviceFor(origin, own), { origin, own }))
    }
    const proceed = (allowed: Verdict): void => {
      if (!allowed) {
        const isAsked = origin !== undefined && vouch(request, origin, (isOwn) => {
          if (typeof isOwn === 'object') done(isOwn)
          else if (isOwn) proceed(true)
          else refuse()
        })
        return isAsked ? undefined : refuse()
      }
      if (allowed === '*') addAnyCors(request, reply)
      else addCors(request, reply, policy)
      if (request.method === 'OPTIONS') preflight(request, reply)
      else done()
    }
    const allowed = policy.allows(origin, request)
    if (!(allowed instanceof Promise)) return proceed(allowed)
    allowed.then(proceed, (error: unknown) => {
      done(error instanceof RefusedRequest ? error : new RefusedRequest('origin refused', 'cors.origin failed', { origin, err: error }))
    })
  }
}

/** Refuses an upgrade on a route that is not for WebSockets. @fastify/websocket would accept it and then close it. */
function refuseStrayUpgrade (request: FastifyRequest, _reply: FastifyReply, done: Done): void {
  if (!isUpgrade(request)) return done()
  const { transport = null, dialect } = request.routeOptions.config.socketio ?? {}
  if (transport === null && dialect !== 'revision 1') return done() // this route refuses every request, with its own reason
  const stray = transport === null || !isRevision1(transport) || TRANSPORTS[transport].kind !== 'websocket'
  done(stray ? new RefusedRequest('bad request', 'an upgrade request on a route that is not for WebSockets') : undefined)
}

/**
 * Refuses a request of Engine.IO below the path, where only revision 1 has routes. A namespace in the URL of a client, or a slash too many, leads here; the words of
 * revision 1 would not tell its developer so.
 */
function refuseLostEngineIo (request: FastifyRequest, _reply: FastifyReply, done: Done): void {
  const { protocol }: { protocol?: string } = Object(request.params)
  if (request.routeOptions.config.socketio?.dialect !== 'revision 1' || Number(protocol) > 0 || lastOf(request, 'EIO') === undefined) return done()
  done(new RefusedRequest('bad request', 'the URL has EIO, but Engine.IO is served at the path itself: nothing may stand between the path and the query', { status: 404, dialect: 'engine 4' }))
}

// ---- preHandler and onSend: JSONP. The preHandler runs after validation and stores the callback. onSend also runs for answers to invalid requests, so it
// reads only the stored callback, not the query.

/** Makes the record of a request whose origin has been allowed. */
const toJsonp = (request: FastifyRequest, callback: string): Jsonp => ({ callback, failed: false, isForeign: isForeign(request) })

/** Stores the callback of a handshake. Without a valid `jsonp`, the answer has the plain form. */
export function handshakeJsonp (request: FastifyRequest, _reply: FastifyReply, done: Done): void {
  const callback = handshakeCallback(request)
  if (callback !== undefined) request[JSONP] = toJsonp(request, callback)
  done()
}

/** Returns the callback of a handshake; undefined unless the parameter `jsonp` has only digits. */
export function handshakeCallback (request: FastifyRequest): string | undefined {
  const index = callbackIndex(lastOf(request, 'jsonp'))
  return index === undefined ? undefined : toCallback(index)
}

/** Stores the callback of a poll. Its index is the parameter `i`, or 0 if that has other characters than digits. */
export function pollJsonp (request: FastifyRequest, reply: FastifyReply, done: Done): void {
  request[JSONP] = toJsonp(request, toCallback(callbackIndex(lastOf(request, 'i')) ?? '0'))
  reply.header('x-xss-protection', '0')
  done()
}

/** Stores the callback of an Engine.IO request. Its index is the parameter `j`. No client sends a `j` with other characters than digits, so it is refused. */
export function engineIoJsonp (request: FastifyRequest, reply: FastifyReply, done: Done): void {
  const j = lastOf(request, 'j')
  if (j === undefined) return done()
  const index = callbackIndex(j)
  if (index === undefined) return done(new RefusedRequest('bad request', 'the query parameter j has other characters than digits'))
  request[JSONP] = toJsonp(request, toEngineCallback(index))
  reply.header('x-xss-protection', '0')
  done()
}

/** Hook `onSend`: makes the answer a script if the request has a callback. */
export function quoteJsonp (request: FastifyRequest, reply: FastifyReply, payload: unknown, done: (error: null, payload: unknown) => void): void {
  const jsonp = request[JSONP]
  if (jsonp === undefined || typeof payload !== 'string') return done(null, payload)
  // The app may send `same-origin` with every answer, as @fastify/helmet does. Browsers then block the script.
  if (jsonp.isForeign) reply.header('cross-origin-resource-policy', 'cross-origin')
  done(null, jsonp.failed ? toErrorScript(jsonp.callback, payload) : toScript(jsonp.callback, payload))
}

/** Adds the hooks that all routes of the scope share. */
export function addHooks (scope: FastifyInstance, policy: OriginPolicy, vouch: Vouch): void {
  scope.addHook('onRequest', originHook(policy, vouch))
  scope.addHook('onRequest', refuseLostEngineIo)
  scope.addHook('onRequest', refuseStrayUpgrade)
}
