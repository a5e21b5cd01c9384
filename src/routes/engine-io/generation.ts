// Recognises the version of Engine.IO and the transport by the query of a URL. All requests of Engine.IO have the same path, so Fastify selects their routes
// by a constraint.
import type { FastifyInstance } from 'fastify'
import type { EngineVersion } from '../../codec/engine-io.js'
import { valuesOf } from '../query.js'

/** The transports of a URL. `unknown`: the URL has another transport, or none. */
export const TRANSPORT_KEYS = ['polling', 'websocket', 'unknown'] as const

/** A value of the constraint: the version and the transport of a URL. `unknown`: the version is not supported. */
export type GenerationKey = `${EngineVersion} ${typeof TRANSPORT_KEYS[number]}` | 'unknown'

type Keys = Readonly<Record<typeof TRANSPORT_KEYS[number], GenerationKey>>
const ENGINE_3: Keys = { polling: '3 polling', websocket: '3 websocket', unknown: '3 unknown' }
const ENGINE_4: Keys = { polling: '4 polling', websocket: '4 websocket', unknown: '4 unknown' }

/** The keys by the parameter `EIO`. Clients 1.0 send 2: this is version 3 with another encoding of text (docs/engine-3-payloads.md). */
const KEYS: ReadonlyMap<string, Keys> = new Map([['2', ENGINE_3], ['3', ENGINE_3], ['4', ENGINE_4]])

/** Returns the key of a URL; undefined if the query has no parameter of Engine.IO. The router calls it for every request of the host. */
function keyOf (url: string, assumeEngine3: boolean): GenerationKey | undefined {
  const { EIO, transport, sid } = valuesOf(url)
  if (EIO === undefined && transport === undefined && sid === undefined) return undefined
  const keys = KEYS.get(EIO ?? (assumeEngine3 ? '3' : ''))
  if (keys === undefined) return 'unknown'
  return transport === 'polling' || transport === 'websocket' ? keys[transport] : keys.unknown
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
