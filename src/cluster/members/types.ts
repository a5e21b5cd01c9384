// What the four ways of finding the other nodes have in common. Types only.
import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../clock.js'
import type { LinkAddress, NodeState } from '../link/types.js'

/** A node, as a source names it. */
export interface Member {
  readonly address: LinkAddress
  /** Undefined if the source knows addresses only: the tag is then known when a link is up. */
  readonly tag?: string
  /** Number of its sessions, as the source has heard last. */
  readonly sessions?: number
}

export interface MembersInit {
  /** This node, as the source tells the others. */
  readonly self: { readonly tag: string, readonly address: LinkAddress, state (): NodeState, sessions (): number }
  readonly clock: Clock
  readonly log: FastifyBaseLogger
  /** Called with all members whenever the source has been asked. This node may be among them. Not called when the source fails. */
  readonly onMembers: (members: readonly Member[]) => void
}

/** A source that tells which nodes there are. What it says is not trusted: a node proves its tag on the link. */
export interface Members {
  /** Whether the members are known now. */
  readonly isCurrent: boolean
  /** Returns the address where this node must listen, if the source decides it. */
  place? (): LinkAddress
  /** Joins. Resolves when the source has answered or failed for the first time. Never rejects. */
  start (init: MembersInit): Promise<void>
  /** Tells the others now that the state of this node has changed. */
  announce (): void
  /** Leaves. Resolves within 300 ms, and never rejects. */
  stop (): Promise<void>
}
