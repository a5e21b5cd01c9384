// Private part of socket.io's adapters: some add an offset to events, as a last argument, for connection state recovery.
// What: SessionAwareAdapter (in memory) adds an offset to every event that it could send again. Adapters of clusters add one to events that they publish
//   (`addOffsetIfNecessary`), and none to events that stay on this node. They are recognised by `doPublish`, which each of them has to implement. Other
//   adapters add none.
//   Seen in socket.io-adapter 2.5, @socket.io/redis-streams-adapter 0.3, cluster-adapter 0.3 and redis-adapter 8.3.
// When it changes: clients of revision 1 get the offset as a last argument. If the options of the Server cannot be read, events of clusters keep
//   their last argument, even if it is an offset, so that no argument of the application is lost.
import type { Server } from 'socket.io'
import { optionsOf } from './server-options.js'

type Adapter = Server['sockets']['adapter']

/** Counts the classes of an object that define a method. */
function definitions (object: object | null, method: string): number {
  if (object === null) return 0
  return definitions(Object.getPrototypeOf(object) as object | null, method) + (Object.hasOwn(object, method) ? 1 : 0)
}

/** Whether an adapter restores sessions. It then overrides the method of the plain adapter. */
const restores = (adapter: Adapter): boolean => definitions(adapter, 'restoreSession') > 1

/** Whether an argument has the form of an offset: of Redis streams or MongoDB. In a cluster of workers it is empty, or null from another worker. */
const looksLikeOffset = (argument: unknown): boolean =>
  argument === null || (typeof argument === 'string' && /^(?:\d+-\d+|[\da-f]{24}|)$/.test(argument))

/** Whether the last argument of an event is an offset that the Server's adapter has added. */
export function isOffset (io: Server, argument: unknown): boolean {
  const { adapter } = io.sockets
  const options = optionsOf(io)
  const isCluster = 'doPublish' in adapter
  if (options === undefined) return !isCluster && restores(adapter)
  if (options.connectionStateRecovery === undefined) return false
  return isCluster ? looksLikeOffset(argument) : restores(adapter)
}
