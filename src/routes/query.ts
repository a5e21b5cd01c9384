// Reads the query of a URL, for the router, hooks and handlers alike. As in engine.io, it begins at the first `?`, names and values are decoded, and the last
// value of a repeated parameter counts. The host's `querystringParser` has no influence: it may make lists, or objects whose keys the client chooses.
import type { FastifyRequest } from 'fastify'
import type { DialectName } from '../session/transport.js'

/** The parameters of a URL by name. The query of a page may have any names besides those of the plugin. */
export type Query = Readonly<Record<string, string>>

/** A URL without its fragment, and where its query begins. A client never sends a fragment, but a request line may contain one. */
interface Parts { readonly url: string, readonly query: number }

/** Returns undefined if the URL has no query. */
function partsOf (target: string): Parts | undefined {
  const mark = target.indexOf('?')
  if (mark < 0) return undefined
  const hash = target.indexOf('#')
  if (hash < 0) return { url: target, query: mark + 1 }
  return hash < mark ? undefined : { url: target.slice(0, hash), query: mark + 1 }
}

/** Parses a query as part of a URL. Alone, URLSearchParams removes a `?` at its beginning, and reads characters beyond ASCII as bytes. */
const parse = (query: string): URLSearchParams => new URL(`?${query}`, 'http://localhost').searchParams

/** Matches encoded characters in the name of a parameter, and sometimes in a value with a question mark. */
const ENCODED_NAME = /[?&][^=&]*[%+]/

const isEncoded = (text: string, start: number): boolean => text.includes('%', start) || text.includes('+', start)

/** The parameters that the plugin reads: the last value of each. */
class Values {
  EIO: string | undefined = undefined
  transport: string | undefined = undefined
  sid: string | undefined = undefined
  j: string | undefined = undefined
  b64: string | undefined = undefined
  t: string | undefined = undefined
  i: string | undefined = undefined
  jsonp: string | undefined = undefined
  disconnect: string | undefined = undefined
}

type Name = keyof Values

const NO_VALUES: Readonly<Values> = new Values()
const NAMES = new Map(Object.keys(NO_VALUES).map((name) => [name, name as Name]))
const LONGEST_NAME = Math.max(...[...NAMES.keys()].map(({ length }) => length))

const indexOr = (text: string, character: string, start: number): number => {
  const index = text.indexOf(character, start)
  return index < 0 ? text.length : index
}

/** Finds all parameters in one pass, because the router reads the query of every request of the host. */
function scan ({ url, query }: Parts): Readonly<Values> {
  const values = new Values()
  const hasEncoded = isEncoded(url, query)
  if (hasEncoded && ENCODED_NAME.test(url)) {
    const parsed = parse(url.slice(query))
    for (const name of NAMES.values()) values[name] = parsed.getAll(name).at(-1)
    return values
  }
  let equals = -1
  for (let start = query, end; start <= url.length; start = end + 1) {
    end = indexOr(url, '&', start)
    if (equals < start) equals = indexOr(url, '=', start)
    const stop = Math.min(equals, end)
    if (stop - start > LONGEST_NAME) continue
    const name = NAMES.get(url.slice(start, stop))
    if (name === undefined) continue
    const value = url.slice(stop + 1, end)
    values[name] = hasEncoded && isEncoded(value, 0) ? parse(`=${value}`).get('') ?? '' : value
  }
  return values
}

let lastTarget = ''
let lastValues = NO_VALUES

/** Reads the parameters of a URL. The router, the hooks and the handler read the same URL one after the other, so the last one is kept. */
export function valuesOf (target: string): Readonly<Values> {
  if (target === lastTarget) return lastValues
  const parts = partsOf(target)
  lastValues = parts === undefined ? NO_VALUES : scan(parts)
  lastTarget = target
  return lastValues
}

/** Returns the last value of a query parameter: the 0.9 client puts its own parameters behind those of the page (docs/revision-1.md, URLs). */
export const lastOf = ({ raw: { url = '' } }: FastifyRequest, name: Name): string | undefined => valuesOf(url)[name]

/** Returns all parameters of a URL: `socket.handshake.query` of the official Server. */
export function allOf (target = ''): Query {
  const { url, query } = partsOf(target) ?? { url: '', query: 0 }
  const text = url.slice(query)
  if (isEncoded(text, 0)) return Object.fromEntries(parse(text))
  // The same without the work of a URL, for each handshake.
  return Object.fromEntries(text.split('&').filter((pair) => pair !== '').map((pair) => {
    const equals = indexOr(pair, '=', 0)
    return [pair.slice(0, equals), pair.slice(equals + 1)]
  }))
}

/** Returns whether the request ends its session: the key counts, not its value (docs/revision-1.md, URLs). */
export const hasDisconnect = (request: FastifyRequest): boolean => lastOf(request, 'disconnect') !== undefined

/** Returns the session id of a request: in revision 1 a part of the path, in Engine.IO a query parameter. Empty if there is none. */
export function sessionIdOf (request: FastifyRequest, dialect: DialectName): string {
  if (dialect !== 'revision 1') return lastOf(request, 'sid') ?? ''
  const { sid = '' }: { sid?: string } = Object(request.params)
  return sid
}
