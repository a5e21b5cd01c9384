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

/** Finds the last value of a parameter whose name is not encoded. It does not parse the whole query, because the router calls it for every request of the host. */
function find ({ url, query }: Parts, name: string): string | undefined {
  let found = -1
  for (let at = url.indexOf(name, query); at >= 0; at = url.indexOf(name, at + 1)) {
    const next = url.charAt(at + name.length)
    if ((at === query || url.charAt(at - 1) === '&') && (next === '=' || next === '&' || next === '')) found = at + name.length
  }
  if (found < 0) return undefined
  const stop = url.indexOf('&', found)
  const value = url.slice(found + 1, stop < 0 ? url.length : stop)
  return isEncoded(value, 0) ? parse(`=${value}`).get('') ?? '' : value
}

/** Returns a function that reads the parameters of a URL; undefined if the URL has no query. */
export function readerOf (target: string): ((name: string) => string | undefined) | undefined {
  const parts = partsOf(target)
  if (parts === undefined) return undefined
  const { url, query } = parts
  if (!isEncoded(url, query) || !ENCODED_NAME.test(url)) return (name) => find(parts, name)
  const values = parse(url.slice(query))
  return (name) => values.getAll(name).at(-1)
}

/** Returns the last value of a query parameter: the 0.9 client puts its own parameters behind those of the page (docs/revision-1.md, URLs). */
export const lastOf = ({ raw: { url = '' } }: FastifyRequest, name: string): string | undefined => readerOf(url)?.(name)

/** Returns all parameters of a URL: `socket.handshake.query` of the official Server. */
export function allOf (target = ''): Query {
  const { url, query } = partsOf(target) ?? { url: '', query: 0 }
  return Object.fromEntries(parse(url.slice(query)))
}

/** Returns whether the request ends its session: the key counts, not its value (docs/revision-1.md, URLs). */
export const hasDisconnect = (request: FastifyRequest): boolean => lastOf(request, 'disconnect') !== undefined

/** Returns the session id of a request: in revision 1 a part of the path, in Engine.IO a query parameter. Empty if there is none. */
export function sessionIdOf (request: FastifyRequest, dialect: DialectName): string {
  if (dialect !== 'revision 1') return lastOf(request, 'sid') ?? ''
  const { sid = '' }: { sid?: string } = Object(request.params)
  return sid
}
