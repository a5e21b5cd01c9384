// What a request says in its query. The host's own `querystringParser` decides what that is made of: texts, lists of them or, with `qs`, objects
// that a peer has shaped (`sid[toString]=x`). No value is taken for a text before it has been looked at.
import type { FastifyRequest } from 'fastify'
import { RefusedRequest } from '../errors.js'
import type { DialectName } from '../session/transport.js'

/** The parameters that are read. Those of the page in revision 1 may have any other name. */
const OF_ENGINE_IO = ['EIO', 'transport', 'sid', 'j', 'b64', 't']
const NAMES: Readonly<Record<DialectName, readonly string[]>> = {
  'revision 1': ['t', 'i', 'jsonp', 'disconnect'], 'engine 3': OF_ENGINE_IO, 'engine 4': OF_ENGINE_IO
}

type Query = Readonly<Record<string, unknown>>

const queryOf = ({ query }: FastifyRequest): Query => Object(query)

const isSimple = (value: unknown): boolean => typeof value !== 'object' || value === null
const isText = (value: unknown): boolean => isSimple(value) || (Array.isArray(value) && value.every(isSimple))

/** The last value of a query parameter: the client puts its own parameters behind those of the page (docs/revision-1.md, URLs). */
export function lastOf (request: FastifyRequest, name: string): unknown {
  const value = queryOf(request)[name]
  return Array.isArray(value) ? value.at(-1) : value
}

/** Whether the request ends its session: the key counts, not its value (docs/revision-1.md, URLs). */
export const hasDisconnect = (request: FastifyRequest): boolean => 'disconnect' in queryOf(request)

/** Hook: refuses what is neither a text nor a list of texts; the schemas turn numbers into texts. */
export function checkQuery (request: FastifyRequest, _reply: unknown, done: (error?: Error) => void): void {
  const query = queryOf(request)
  for (const name of NAMES[request.routeOptions.config.socketio?.dialect ?? 'revision 1']) {
    if (!isText(query[name])) return done(new RefusedRequest('bad request', `the query parameter ${name} is neither a string nor a list of strings`))
  }
  done()
}

/** The session id that a request has, in the place where its dialect has it. */
export function sessionIdOf (request: FastifyRequest, dialect: DialectName): string {
  const sid: unknown = dialect === 'revision 1' ? Object(request.params).sid : lastOf(request, 'sid')
  return isSimple(sid) ? String(sid ?? '') : ''
}
