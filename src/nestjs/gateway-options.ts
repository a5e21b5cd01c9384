// The options of a gateway, as Nest hands them to an adapter. Pure.
import { isDeepStrictEqual } from 'node:util'
import type { ServerOptions } from 'socket.io'

/** Returns the names of the given options that have another value than those of an earlier gateway. The path is the same, or Nest would not have found the gateway. */
export function differences (given: Partial<ServerOptions>, earlier: Partial<ServerOptions>): string[] {
  const values = new Map<string, unknown>(Object.entries(earlier))
  return Object.entries(given).filter(([name, value]) => name !== 'path' && !isDeepStrictEqual(value, values.get(name))).map(([name]) => name)
}
