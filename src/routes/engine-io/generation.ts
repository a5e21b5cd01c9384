// Recognises the version of Engine.IO and the transport by the query of a URL. All requests of Engine.IO have the same path, so Fastify selects their routes
// by a constraint.
import type { FastifyInstance } from 'fastify'
import type { EngineVersion } from '../../codec/engine-io.js'

/** The transports of a URL. `unknown`: the URL has another transport, or none. */
export const TRANSPORT_KEYS = ['polling', 'websocket', 'unknown'] as const

/** A value of the constraint: the version and the transport of a URL. `unknown`: the version is not supported. */
export type GenerationKey = `${EngineVersion} ${typeof TRANSPORT_KEYS[number]}` | 'unknown'

/** The versions by the parameter `EIO`. Clients 1.0 send 2: this is version 3 with another encoding of text (docs/engine-3-payloads.md). */
const VERSIONS: ReadonlyMap<string, EngineVersion> = new Map([['2', 3], ['3', 3], ['4', 4]])

const SEPARATORS = '?&'

/** Returns the first value of a parameter. It does not parse the whole query, because the router calls it for every request of the host. */
function valueOf (url: string, query: number, name: string): string | undefined {
  let at = url.indexOf(name, query)
  while (at >= 0 && !SEPARATORS.includes(url.charAt(at - 1))) at = url.indexOf(name, at + 1)
  if (at < 0) return undefined
  const start = at + name.length
  const end = url.indexOf('&', start)
  return url.slice(start, end < 0 ? url.length : end)
}

/** Returns the key of a URL; undefined if the query has no parameter of Engine.IO. */
function keyOf (url: string, assumeEngine3: boolean): GenerationKey | undefined {
  const query = url.indexOf('?')
  if (query < 0) return undefined
  const eio = valueOf(url, query, 'EIO=')
  const transport = valueOf(url, query, 'transport=')
  if (eio === undefined && transport === undefined && valueOf(url, query, 'sid=') === undefined) return undefined
  const version = VERSIONS.get(eio ?? (assumeEngine3 ? '3' : ''))
  if (version === undefined) return 'unknown'
  return `${version} ${transport === 'polling' || transport === 'websocket' ? transport : 'unknown'}`
}

/** Adds the constraint to the host's router. Returns a function that makes the `constraints` of a route from a key. */
export function addGenerations (scope: FastifyInstance, assumeEngine3: boolean) {
  // Registrations with the same `assumeEngine3` share one strategy. The name must be an identifier, because the router generates code from it.
  const name = assumeEngine3 ? 'socketioAssuming3' : 'socketio'
  if (!scope.hasConstraintStrategy(name)) {
    scope.addConstraintStrategy({
      name,
      storage: () => {
        const routes = new Map()
        return { get: (key) => routes.get(key) ?? null, set: (key, route) => { routes.set(key, route) } }
      },
      validate: () => {},
      deriveConstraint: ({ url = '' }) => keyOf(url, assumeEngine3)
    })
  }
  return (key: GenerationKey): Record<string, string> => ({ [name]: key })
}
