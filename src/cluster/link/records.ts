// The records of a link: one for each call that crosses it, and those of the handshake (docs/link.md, Records). Types and constants only.
import type { Refused, SessionRequest } from '../../../types/cluster.js'
import type { EndReason } from '../../../types/reasons.js'
import type { DialectName, TransportName } from '../../../types/socket.js'
import type { NodeState } from './types.js'

/** The version of the protocol. Nodes with different versions do not link. */
export const VERSION = 1

/** The number of each kind of record. Kinds below 32 go from the edge to the owner, the others from the owner to the edge. */
export const KINDS = {
  hello: 1,
  proof: 2,
  check: 8,
  poll: 9,
  post: 10,
  open: 11,
  end: 12,
  settled: 13,
  release: 14,
  abandon: 15,
  frame: 16,
  sent: 17,
  closed: 18,
  challenge: 32,
  state: 33,
  accepted: 40,
  refused: 41,
  answer: 42,
  destroy: 43,
  frames: 44,
  close: 45,
  delivered: 46
} as const

export const DIALECTS: readonly DialectName[] = ['revision 1', 'engine 3', 'engine 4']
export const TRANSPORTS: readonly TransportName[] = ['websocket', 'polling', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling']
export const STATES: readonly NodeState[] = ['serving', 'draining']

/** Bytes of a nonce, and of a proof. */
export const NONCE = 32

/** Text or bytes. */
export type Payload = string | Buffer

/** A record about one request, WebSocket or stream. The edge chooses the number of its stream. */
interface OfStream { readonly stream: number }

/** The request with which a stream begins. */
interface OfRequest extends OfStream { readonly request: SessionRequest }

export interface Hello { readonly type: 'hello', readonly version: number, readonly nonce: Buffer, readonly tag: string, readonly address: string }
export interface Challenge extends Omit<Hello, 'type'> {
  readonly type: 'challenge'
  /** One for each secret of the owner. */
  readonly proofs: readonly Buffer[]
}
export interface Proof { readonly type: 'proof', readonly proof: Buffer }
export interface State { readonly type: 'state', readonly state: NodeState, readonly sessions: number }

/** Records from the edge, which has the clients, to the owner, which has the sessions. */
export type EdgeRecord =
  | Hello
  | Proof
  | OfRequest & { readonly type: 'check' }
  | OfRequest & { readonly type: 'poll' }
  | OfRequest & { readonly type: 'open' }
  | OfRequest & { readonly type: 'end' }
  | OfRequest & { readonly type: 'post', readonly payload: Payload }
  | OfStream & { readonly type: 'settled', readonly isWhole: boolean }
  | OfStream & { readonly type: 'release' }
  | OfStream & { readonly type: 'abandon' }
  | OfStream & { readonly type: 'frame', readonly frame: Payload }
  | OfStream & { readonly type: 'sent', readonly bytes: number }
  | OfStream & { readonly type: 'closed', readonly reason: EndReason, readonly cause?: string }

/** Records from the owner to the edge. */
export type OwnerRecord =
  | Challenge
  | State
  | OfStream & { readonly type: 'accepted' }
  | OfStream & { readonly type: 'refused', readonly refused: Refused }
  | OfStream & { readonly type: 'answer', readonly isLast: boolean, readonly payload: Payload }
  | OfStream & { readonly type: 'destroy' }
  | OfStream & { readonly type: 'frames', readonly frames: readonly Payload[] }
  | OfStream & { readonly type: 'close', readonly farewell?: Payload, readonly reason?: EndReason }
  | OfStream & { readonly type: 'delivered', readonly bytes: number }

export type LinkRecord = EdgeRecord | OwnerRecord
