// Reads the query of a request. The host's `querystringParser` decides the types of its values: strings, arrays or, with `qs`, objects whose keys the client
// chooses (`sid[toString]=x`). So the type of a value is checked before it is used as a string.
import type { FastifyRequest } from 'fastify'
import { RefusedRequest } from '../errors.js'
import type { DialectName } from '../session/transport.js'

/** The parameters that the plugin reads. In revision 1, the page may add its own parameters, with any other names. */
const OF_ENGINE_IO = ['EIO', 'transport', 'sid', 'j', 'b64', 't']
const NAMES: Readonly<Record<DialectName, readonly string[]>> = {
  'revision 1': ['t', 'i', 'jsonp', 'disconnect'], 'engine 3': OF_ENGINE_IO, 'engine 4': OF_ENGINE_IO
}

type Query = Readonly<Record<string, unknown>>

const queryOf = ({ query }: FastifyRequest): Query => Object(query)

const isSimple = (value: unknown): boolean => typeof value !== 'object' || value === null
const isText = (value: unknown): boolean => isSimple(value) || (Array.isArray(value) && value.every(isSimple))

/** Returns the last value of a query parameter: the client puts its own parameters behind those of the page (docs/revision-1.md, URLs). */
export function lastOf (request: FastifyRequest, name: string): unknown {
  const value = queryOf(request)[name]
  return Array.isArray(value) ? value.at(-1) : value
}

/** Returns whether the request ends its session: the key counts, not its value (docs/revision-1.md, URLs). */
export const hasDisconnect = (request: FastifyRequest): boolean => 'disconnect' in queryOf(request)

/** Hook `onRequest`: refuses a parameter that contains objects. Numbers and booleans are accepted here, because the schemas convert them to strings. */
export function checkQuery (request: FastifyRequest, _reply: unknown, done: (error?: Error) => void): void {
  const query = queryOf(request)
  for (const name of NAMES[request.routeOptions.config.socketio?.dialect ?? 'revision 1']) {
    if (!isText(query[name])) return done(new RefusedRequest('bad request', `the query parameter ${name} is neither a string nor a list of strings`))
  }
  done()
}

/** Returns the session id of a request: in revision 1 a part of the path, in Engine.IO a query parameter. Empty if there is none. */
export function sessionIdOf (request: FastifyRequest, dialect: DialectName): string {
  const sid: unknown = dialect === 'revision 1' ? Object(request.params).sid : lastOf(request, 'sid')
  return isSimple(sid) ? String(sid ?? '') : ''
}
