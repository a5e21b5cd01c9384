// Reads the query of a URL, for the router, hooks and handlers alike. As in engine.io, it begins at the first `?`, names and values are decoded, and the last
// value of a repeated parameter counts. The host's `querystringParser` has no influence: it may make lists, or objects whose keys the client chooses.
import type { FastifyRequest } from 'fastify'
import type { DialectName } from '../session/transport.js'

/** The parameters of a URL by name. The query of a page may have any names besides those of the plugin. */
export type Query = Readonly<Record<string, string>>

/** Returns the query of a URL without its `?`; undefined if it has none. A client never sends a fragment, but a request line may contain one. */
function queryIn (url: string): string | undefined {
  const mark = url.indexOf('?')
  if (mark < 0) return undefined
  const hash = url.indexOf('#', mark)
  return url.slice(mark + 1, hash < 0 ? url.length : hash)
}

/** With a `?` of its own: URLSearchParams removes the first one. */
const parse = (query: string): URLSearchParams => new URLSearchParams(`?${query}`)

/** The last query that had to be decoded. The router and the hooks of one request read it one after the other. */
let decoded = { query: '', values: new URLSearchParams() }

function decode (query: string): URLSearchParams {
  if (decoded.query !== query) decoded = { query, values: parse(query) }
  return decoded.values
}

/** Finds the last value of a parameter in a query without encoded characters, and does not parse the whole query. */
function find (query: string, name: string): string | undefined {
  for (let at = query.lastIndexOf(name); at >= 0; at = at === 0 ? -1 : query.lastIndexOf(name, at - 1)) {
    const end = at + name.length
    const next = query.charAt(end)
    if ((at !== 0 && query.charAt(at - 1) !== '&') || !(next === '=' || next === '&' || next === '')) continue
    const stop = query.indexOf('&', end)
    return query.slice(end + 1, stop < 0 ? query.length : stop)
  }
  return undefined
}

/** Returns a function that reads the parameters of a URL; undefined if the URL has no query. The router calls it for every request of the host. */
export function readerOf (url: string): ((name: string) => string | undefined) | undefined {
  const query = queryIn(url)
  if (query === undefined) return undefined
  if (!query.includes('%') && !query.includes('+')) return (name) => find(query, name)
  return (name) => decode(query).getAll(name).at(-1)
}

/** Returns the last value of a query parameter: the 0.9 client puts its own parameters behind those of the page (docs/revision-1.md, URLs). */
export const lastOf = ({ raw: { url = '' } }: FastifyRequest, name: string): string | undefined => readerOf(url)?.(name)

/** Returns all parameters of a URL: `socket.handshake.query` of the official Server. */
export const allOf = (url = ''): Query => Object.fromEntries(parse(queryIn(url) ?? ''))

/** Returns whether the request ends its session: the key counts, not its value (docs/revision-1.md, URLs). */
export const hasDisconnect = (request: FastifyRequest): boolean => lastOf(request, 'disconnect') !== undefined

/** Returns the session id of a request: in revision 1 a part of the path, in Engine.IO a query parameter. Empty if there is none. */
export function sessionIdOf (request: FastifyRequest, dialect: DialectName): string {
  if (dialect !== 'revision 1') return lastOf(request, 'sid') ?? ''
  const { sid = '' }: { sid?: string } = Object(request.params)
  return sid
}
