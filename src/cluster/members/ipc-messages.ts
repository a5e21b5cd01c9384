// The messages between workers of node:cluster and their primary. Other users of the same channel, such as @socket.io/cluster-adapter, have other sources.
import { isTag } from '../link/proof.js'

const SOURCE = 'fastify-socketio-transports/cluster'

export interface Worker { readonly tag: string, readonly path: string }

/** A worker joins, again if it has got no answer, or leaves. The primary answers each `join` with all members, and tells all workers of each change. */
export type ToPrimary = { readonly type: 'join' | 'leave' } & Worker
export interface ToWorker { readonly type: 'members', readonly members: readonly Worker[] }

/** Makes the message that carries one of the two. */
export const wrap = (message: ToPrimary | ToWorker): object => ({ source: SOURCE, ...message })

const isWorker = (value: unknown): value is Worker => {
  const { tag, path }: { tag?: unknown, path?: unknown } = Object(value)
  return typeof tag === 'string' && isTag(tag) && typeof path === 'string' && path !== ''
}

/** Reads a message for the primary; undefined for the messages of others. */
export function readToPrimary (message: unknown): ToPrimary | undefined {
  const { source, type }: { source?: unknown, type?: unknown } = Object(message)
  if (source !== SOURCE || !isWorker(message) || (type !== 'join' && type !== 'leave')) return undefined
  return { type, tag: message.tag, path: message.path }
}

/** Reads the members in a message for a worker; undefined for the messages of others. */
export function readMembers (message: unknown): readonly Worker[] | undefined {
  const { source, type, members }: { source?: unknown, type?: unknown, members?: unknown } = Object(message)
  return source === SOURCE && type === 'members' && Array.isArray(members) ? members.filter(isWorker) : undefined
}
