// The one origin policy, for every transport, upgrades and JSONP included.
import type { FastifyRequest } from 'fastify'
import type { CorsOptions, OriginOption } from '../../types/options.js'
import { RefusedRequest } from '../errors.js'
import { inTime } from './in-time.js'
import type { Limit } from './in-time.js'
import { ask } from './origin-answer.js'
import type { OriginAnswer } from './origin-answer.js'
import { isScript } from './script.js'

/** Undefined: it is none. `URL.canParse` does not tell: once compiled, that of Node 20 takes Latin-1 for UTF-8. */
function urlOf (text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/**
 * Whether it is a script's, and nothing says of which page. A browser of today says it of pages on https and localhost only, and a page may hold
 * back its Referer: then any page could read a session, with the cookies of its visitor.
 */
export function isNameless (request: FastifyRequest): boolean {
  const { origin, referer, 'sec-fetch-site': site } = request.headers
  return origin === undefined && referer === undefined && site === undefined && isScript(request)
}

/** Where a request comes from, as far as a browser says so; undefined when nothing does (no browser). */
export function originOf (request: FastifyRequest): string | undefined {
  const { referer, 'sec-fetch-site': site, 'sec-websocket-origin': draft } = request.headers
  const { origin = draft?.toString() } = request.headers // WebSockets of the drafts 4 to 12 have it under another name (hybi 8, 5.1)
  if (origin !== undefined) return origin
  // A script element sends no Origin. The browser's own word goes before the page's, which may be held back.
  if (site === 'same-origin' || site === 'none') return undefined
  const page = referer === undefined ? 'null' : urlOf(referer)?.origin ?? 'null'
  // The own page by way of another server's redirect is foreign to the browser.
  if (site !== undefined) return isOwn(page, request) ? 'null' : page
  return referer === undefined && !isScript(request) ? undefined : page
}

/** The server's own origin, behind a proxy as Fastify's `trustProxy` sees it. */
export const ownOrigin = (request: FastifyRequest): string => `${request.protocol}://${request.host}`

function isOwn (origin: string, request: FastifyRequest): boolean {
  const own = ownOrigin(request)
  if (origin === own) return true
  // The 0.9 client in Node, and ws 0.4 below 1.0 to 1.2, write `host:port`. No browser does: its origins have a scheme, or are `null`.
  const url = urlOf(origin.includes('://') || origin === 'null' ? origin : `${request.protocol}://${origin}`)
  return url !== undefined && url.origin === urlOf(own)?.origin
}

function matches (origin: string, allowed: OriginAnswer): boolean {
  if (typeof allowed === 'boolean') return allowed
  if (typeof allowed === 'string') return allowed === '*' || allowed === origin
  if (allowed instanceof RegExp) {
    allowed.lastIndex = 0 // a global expression remembers where it stopped
    return allowed.test(origin)
  }
  return Array.isArray(allowed) && allowed.some((value) => matches(origin, value))
}

/** How long a function of the application may take. */
type OriginLimit = Omit<Limit, 'late'>

const NO_ANSWER = 'the function in cors.origin gave no answer within handshakeTimeout: it must call its callback, or return a value or a promise'

/** Whether a request may use the transports, by where it comes from. */
export class OriginPolicy {
  readonly #allowed: OriginOption
  readonly #limit: OriginLimit
  readonly credentials: boolean

  constructor ({ origin = false, credentials = true }: CorsOptions, limit: OriginLimit) {
    this.#allowed = origin
    this.#limit = limit
    this.credentials = credentials
  }

  /** Whether answers differ by Origin at all. */
  get configured (): boolean { return this.#allowed !== false }

  /** A promise fails as `cors.origin` does, and when that gives no answer. Allowed: no browser, the server's own origin, or one that `cors.origin` allows. */
  allows (origin: string | undefined, request: FastifyRequest): boolean | Promise<boolean> {
    if (origin === undefined || isOwn(origin, request)) return true
    if (typeof this.#allowed !== 'function') return matches(origin, this.#allowed)
    const answer = ask(origin, this.#allowed)
    if (!(answer instanceof Promise)) return matches(origin, answer)
    const late = (): Error => new RefusedRequest('origin refused', NO_ANSWER, { origin })
    return inTime(answer, { ...this.#limit, late }).then((value) => matches(origin, value))
  }
}
