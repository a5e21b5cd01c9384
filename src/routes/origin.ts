// The origin policy. It applies to every transport, and also to upgrades and JSONP.
import type { FastifyRequest } from 'fastify'
import type { CorsOptions, OriginOption } from '../../types/options.js'
import { RefusedRequest } from '../errors.js'
import { isOwnPage, urlOf } from '../hosts/own-page.js'
import { isWildcard } from '../options.js'
import { inTime } from './in-time.js'
import type { Limit } from './in-time.js'
import { cut } from './log.js'
import { ask } from './origin-answer.js'
import type { OriginAnswer } from './origin-answer.js'
import { isScript } from './script.js'
import { isUpgrade } from './upgrade-requests.js'

/** Matches the values of Origin that browsers send: `null`, or a scheme and a host (RFC 6454, 7.1). A list that contains one matches, too. So does an empty value, to be safe. */
const OF_PAGE = /^$|:\/\/|\bnull\b/i

/**
 * Returns the header Origin, or its name in drafts 4 to 12 of WebSocket (hybi 8, 5.1). Undefined if the value is none that a browser sends: programs write `*`
 * (ElephantIO) or `host:port` (client 0.9 in Node, and ws 0.4 in clients 1.0 to 1.2).
 */
export function originHeader ({ headers: { origin, 'sec-websocket-origin': draft } }: FastifyRequest): string | undefined {
  const value = origin ?? draft?.toString()
  return value !== undefined && OF_PAGE.test(value) ? value : undefined
}

/**
 * Returns whether the answer is a script and no header names the page that loads it. Current browsers send Sec-Fetch-Site only to https and localhost, and a
 * page can suppress its Referer. If such a request were allowed, any page could read a session, with the cookies of the page's visitor.
 */
export function isNameless (request: FastifyRequest): boolean {
  const { referer, 'sec-fetch-site': site } = request.headers
  return originHeader(request) === undefined && referer === undefined && site === undefined && isScript(request)
}

/**
 * Returns the origin that the headers of a request give; 'null' if the browser or the page hides it. Undefined if no header gives one (the client is not a
 * browser), or if the browser says that the page is the server's own: Sec-Fetch-Site is `same-origin`, or `none` without Origin. A page cannot set this header.
 */
export function originOf (request: FastifyRequest): string | undefined {
  const { referer, 'sec-fetch-site': site } = request.headers
  // Used before Origin, which a proxy in front of the server may not match: it may have changed Host.
  if (site === 'same-origin') return undefined
  const origin = originHeader(request)
  if (origin !== undefined) return origin
  // A script element sends no Origin. Sec-Fetch-Site is used before Referer, because a page can suppress its Referer.
  if (site === 'none') return undefined
  const page = referer === undefined ? 'null' : urlOf(referer)?.origin ?? 'null'
  // Sec-Fetch-Site is same-site or cross-site here. If the page is the server's own, another server has redirected the request.
  if (site !== undefined) return isOwn(page, request) ? 'null' : page
  return referer === undefined && !isScript(request) ? undefined : page
}

/** Returns the server's own origin. Behind a proxy, Fastify's `trustProxy` decides it. */
export const ownOrigin = (request: FastifyRequest): string => `${request.protocol}://${request.host}`

function isOwn (origin: string, request: FastifyRequest): boolean {
  const own = ownOrigin(request)
  if (origin === own) return true
  // Some programs send the URL of the WebSocket. No page has such an origin, so it need not tell whether a proxy ends TLS.
  const url = urlOf(origin.replace(/^wss?(?=:\/\/)/i, request.protocol))
  return url !== undefined && url.origin === urlOf(own)?.origin
}

/** Returns whether the headers of a request give another origin than the server's own. */
export function isForeign (request: FastifyRequest): boolean {
  const origin = originOf(request)
  return origin !== undefined && !isOwn(origin, request)
}

/** Returns whether an upgrade comes from the server's own page, which has opened its session on this node. For sessions of other nodes: vouching.ts. */
const isOfOwnSession = (origin: string, request: FastifyRequest): boolean => origin !== 'null' && isUpgrade(request) && isOwnPage(origin, request.socketio?.request.headers ?? {})

const NULL_ADVICE = "the origin is not allowed: it is hidden (a page of an app, of a file, or in a sandbox). To allow all such pages, set cors.origin: ['null']; any page can hide its origin"

/** Returns a sentence for the log that says how to allow the pages of an origin. `own` is the origin of the server. */
export function adviceFor (origin = 'null', own = ''): string {
  if (origin === 'null') return NULL_ADVICE
  const url = urlOf(origin)
  const value = url === undefined ? '' : `: ['${cut(origin)}']`
  if (url !== undefined && url.host === urlOf(own)?.host) {
    return `the origin is that of the server but for the scheme. If a proxy ends TLS: set trustProxy and let the proxy send X-Forwarded-Proto, or set cors.origin${value}`
  }
  return `the origin is not allowed, and is not that of the server. If it is your own page behind a proxy: let the proxy keep Host, or set trustProxy and let it send X-Forwarded-Host, or set cors.origin${value}`
}

/** Whether a request is allowed. `'*'`: so is every other, without credentials. */
export type Verdict = boolean | '*'

function matches (origin: string, allowed: OriginAnswer): Verdict {
  if (isWildcard(allowed)) return '*'
  if (typeof allowed === 'boolean') return allowed
  if (typeof allowed === 'string') return allowed === origin
  if (allowed instanceof RegExp) {
    allowed.lastIndex = 0 // a global expression would continue behind its last match
    return allowed.test(origin)
  }
  return Array.isArray(allowed) && allowed.some((value) => matches(origin, value) !== false)
}

/** The time limit of a function in `cors.origin`. */
type OriginLimit = Omit<Limit, 'late'>

const NO_ANSWER = 'the function in cors.origin gave no answer within handshakeTimeout: it must call its callback, or return a value or a promise'

/** Decides by the origin of a request whether it may use the transports. */
export class OriginPolicy {
  readonly #allowed: OriginOption
  readonly #limit: OriginLimit
  /** The answer to requests of the own origin, and to those without one. */
  readonly #own: Verdict
  readonly credentials: boolean

  constructor ({ origin = false, credentials = true }: CorsOptions, limit: OriginLimit) {
    this.#allowed = origin
    this.#limit = limit
    this.#own = isWildcard(origin) ? '*' : true
    this.credentials = credentials
  }

  /** Whether answers depend on the header Origin. */
  get configured (): boolean { return this.#allowed !== false }

  /**
   * Returns whether a request is allowed: it has no origin, the server's own origin, or one that `cors.origin` allows. A promise is rejected when the function
   * in `cors.origin` fails or does not answer in time.
   */
  allows (origin: string | undefined, request: FastifyRequest): Verdict | Promise<Verdict> {
    if (origin === undefined || isOwn(origin, request) || isOfOwnSession(origin, request)) return this.#own
    if (typeof this.#allowed !== 'function') return matches(origin, this.#allowed)
    const answer = ask(origin, this.#allowed)
    if (!(answer instanceof Promise)) return matches(origin, answer)
    const late = (): Error => new RefusedRequest('origin refused', NO_ANSWER, { origin })
    return inTime(answer, { ...this.#limit, late }).then((value) => matches(origin, value))
  }
}
