// Private part of socket.io-adapter: how an adapter of a cluster publishes messages, hears them, and writes them to its sockets.
// What: `doPublish(message)` resolves with the offset of the message in the stream. `onMessage(message, offset)` is called for each entry of the stream, own
//   ones among them, in their order. `broadcast` and `onMessage` call `apply(opts, callback)` once for an event, in the same turn. `persistSession` writes
//   a session by `client.set`. Messages of type 3 are events, which are sent again to a client that has missed them. Type 2 is ignored by adapters without
//   heartbeats of their own. Seen in socket.io-adapter 2.5 and @socket.io/redis-streams-adapter 0.3.
// When it is gone: FST_SIO_NOT_RECOVERABLE when the Server is made.
import { NotRecoverableError } from '../errors.js'

export const BROADCAST = 3
export const IGNORED = 2

/** A session, as socket.io saves it. */
export interface SavedSession { readonly sid: string, readonly pid: string, readonly rooms: readonly string[], readonly data: unknown }

/** A session, as it is restored: with the arguments of each event that its client has missed, and the offset of the event after them. */
export interface RestoredSession extends SavedSession { readonly missedPackets: readonly (readonly unknown[])[] }

export interface Flags { readonly local?: boolean, readonly volatile?: boolean }

/** The receivers of a broadcast. */
export interface Receivers { readonly rooms: ReadonlySet<string>, readonly except?: ReadonlySet<string>, readonly flags?: Flags }

/** An event. `id`: it asks for an acknowledgement. */
export interface EventPacket { readonly type: number, readonly data: readonly unknown[], readonly id?: number }

/** What an adapter writes an event to. */
export interface Receiver {
  readonly id: string
  readonly client: { writeToEngine (packets: unknown, options: object): void }
  notifyOutgoingListeners? (packet: EventPacket): void
}

export interface StreamMessage {
  readonly uid?: string
  readonly nsp?: string
  readonly type: number
  readonly data?: Readonly<Record<string, unknown>>
}

export interface StreamAdapter {
  readonly uid: string
  readonly nsp: object
  readonly sids: ReadonlyMap<string, ReadonlySet<string>>
  on (event: 'join-room' | 'leave-room', listener: (room: string, id: string) => void): unknown
  doPublish (message: StreamMessage): Promise<string>
  onMessage (message: StreamMessage, offset?: string): void
  apply (receivers: Receivers, callback: (receiver: Receiver) => void): void
  broadcast (packet: EventPacket, receivers: Receivers): unknown
  persistSession (session: SavedSession): void
  restoreSession (pid: string, offset: string): Promise<RestoredSession | null>
  close (): unknown
}

const METHODS = ['doPublish', 'onMessage', 'apply', 'broadcast', 'on', 'close'] as const satisfies (keyof StreamAdapter)[]
const REMEDY = 'use createAdapter of @socket.io/redis-streams-adapter'

/** Whether an adapter overrides a method of the plain one, which does nothing. */
function overrides (adapter: object, method: string): boolean {
  let count = 0
  for (let object: object | null = adapter; object !== null; object = Object.getPrototypeOf(object) as object | null) count += Object.hasOwn(object, method) ? 1 : 0
  return count > 1
}

function assertStream (adapter: Partial<StreamAdapter>): asserts adapter is StreamAdapter {
  const name = adapter.constructor.name
  if (!overrides(adapter, 'restoreSession') || !overrides(adapter, 'persistSession')) throw new NotRecoverableError(`the adapter (${name}) cannot restore sessions`, REMEDY)
  if (adapter.doPublish === undefined) throw new NotRecoverableError(`the adapter (${name}) keeps sessions in this process, and they end with it`, REMEDY)
  const missing = METHODS.find((method) => typeof adapter[method] !== 'function')
  if (missing !== undefined || typeof adapter.uid !== 'string' || !(adapter.sids instanceof Map)) {
    throw new NotRecoverableError(`this version of the adapter (${name}) lacks ${missing ?? 'uid or sids'}`, REMEDY)
  }
}

/** Returns an adapter as one that publishes to a stream. @throws FST_SIO_NOT_RECOVERABLE if it is none */
export function streamAdapterOf (adapter: object): StreamAdapter {
  const candidate: Partial<StreamAdapter> = adapter
  assertStream(candidate)
  return candidate
}
