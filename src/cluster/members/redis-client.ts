// The clients of Redis: those of the packages redis and ioredis, and their clients of a Redis Cluster and of sentinels, by one function.

/** Sends a command whose first argument is its only key. */
export type Command = (name: string, key: string, ...args: readonly string[]) => Promise<unknown>

type Sender = (...args: readonly unknown[]) => Promise<unknown>

const isFunction = (value: unknown): value is Sender => typeof value === 'function'

/** Returns how to send commands with the client; undefined if it is none. ioredis has a `sendCommand`, too, which takes its own objects, so `call` comes first. */
export function commandOf (client: unknown): Command | undefined {
  const { call, sendCommand, masters, getSentinelNode }: { call?: unknown, sendCommand?: unknown, masters?: unknown, getSentinelNode?: unknown } = Object(client)
  if (isFunction(call)) return (...args) => Reflect.apply(call, client, args)
  if (!isFunction(sendCommand)) return undefined
  // The client of `createCluster` finds the node by the key.
  if (Array.isArray(masters)) return (name, key, ...args) => Reflect.apply(sendCommand, client, [key, false, [name, key, ...args]])
  // The client of `createSentinel` asks which node is the master. A replica may be behind, so nothing is read from one.
  if (isFunction(getSentinelNode)) return (...args) => Reflect.apply(sendCommand, client, [false, args])
  return (...args) => Reflect.apply(sendCommand, client, [args])
}
