// The applications that shapes are sent to: every adapter and parser, each with handlers that look at what they get and with some that do not.

/** An application of the official Server. */
export interface Setup {
  readonly name: string
  /** `redis`: two nodes. `memory`: one, with connection state recovery. */
  readonly adapter: 'memory' | 'redis'
  readonly parser: 'json' | 'msgpack'
  /** Whether handlers look at the type where TypeScript names one: rooms, and names for serverSideEmit. */
  readonly guarded: boolean
}

const KINDS = [['redis', 'json'], ['memory', 'json'], ['redis', 'msgpack'], ['memory', 'msgpack']] as const

export const SETUPS: readonly Setup[] = [true, false].flatMap((guarded) => KINDS.map(([adapter, parser]) =>
  ({ name: `${adapter} ${parser} ${guarded ? 'guarded' : 'unguarded'}`, adapter, parser, guarded })))

/** @throws when there is none of that name */
export function setupOf (name: string): Setup {
  const setup = SETUPS.find((one) => one.name === name)
  if (setup === undefined) throw new Error(`no setup "${name}"`)
  return setup
}
