// Private part of socket.io's adapters: which of them add an offset to events, as a last argument, for clients that recover.
// What: SessionAwareAdapter (in memory) adds one to every event that it could send again. Adapters of clusters, told by `doPublish`, which each of
//   them has to implement, add one to what they publish (`addOffsetIfNecessary`), and none to what stays on this node. Others add none.
//   Seen in socket.io-adapter 2.5, @socket.io/redis-streams-adapter 0.3, cluster-adapter 0.3 and redis-adapter 8.3.
// When it changes: clients of revision 1 hear the offset as a last argument. Where the Server does not tell its options, events of clusters keep
//   their last argument, even if it is an offset: no argument of the application is lost.
import type { Server } from 'socket.io'
import { optionsOf } from './server-options.js'

type Adapter = Server['sockets']['adapter']

/** How often a method is defined along the classes of an object. */
function definitions (object: object | null, method: string): number {
  if (object === null) return 0
  return definitions(Object.getPrototypeOf(object) as object | null, method) + (Object.hasOwn(object, method) ? 1 : 0)
}

/** Adapters that restore sessions override what the plain one has for it. */
const restores = (adapter: Adapter): boolean => definitions(adapter, 'restoreSession') > 1

/** An offset of Redis streams, of MongoDB; of cluster's workers, which have none: empty, or null from another worker. */
const looksLikeOffset = (argument: unknown): boolean =>
  argument === null || (typeof argument === 'string' && /^(?:\d+-\d+|[\da-f]{24}|)$/.test(argument))

/** Whether the last argument of an event is an offset, which the Server's adapter adds for clients that come back for what they missed. */
export function isOffset (io: Server, argument: unknown): boolean {
  const { adapter } = io.sockets
  const options = optionsOf(io)
  const isCluster = 'doPublish' in adapter
  if (options === undefined) return !isCluster && restores(adapter)
  if (options.connectionStateRecovery === undefined) return false
  return isCluster ? looksLikeOffset(argument) : restores(adapter)
}
