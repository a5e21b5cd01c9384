// Which dialect and transport a URL asks for. Engine.IO names both in its query, and all of its requests go to one path; Fastify tells
// their routes apart by a constraint.
import type { FastifyInstance } from 'fastify'
import type { EngineVersion } from '../../codec/engine-io.js'

/** Every transport that a URL may ask for; `unknown`: none, or another one. */
export const TRANSPORT_KEYS = ['polling', 'websocket', 'unknown'] as const

/** A value of the constraint: a version and a transport, as far as the URL tells; `unknown` for a version that nobody speaks. */
export type GenerationKey = `${EngineVersion} ${typeof TRANSPORT_KEYS[number]}` | 'unknown'

/** 2 is that of the clients 1.0: 3, but for how text is written (docs/engine-3-payloads.md). */
const VERSIONS: ReadonlyMap<string, EngineVersion> = new Map([['2', 3], ['3', 3], ['4', 4]])

const SEPARATORS = '?&'

/** The first value of a parameter, read without a parser: the router asks for every request of the host. */
function valueOf (url: string, query: number, name: string): string | undefined {
  let at = url.indexOf(name, query)
  while (at >= 0 && !SEPARATORS.includes(url.charAt(at - 1))) at = url.indexOf(name, at + 1)
  if (at < 0) return undefined
  const start = at + name.length
  const end = url.indexOf('&', start)
  return url.slice(start, end < 0 ? url.length : end)
}

/** Undefined: nothing of Engine.IO in it. */
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

/** Teaches the host's router to tell them apart. Returns what constrains a route to a key. */
export function addGenerations (scope: FastifyInstance, assumeEngine3: boolean) {
  // One for all registrations that assume the same. The router makes code of the name: it must be an identifier.
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
