/**
 * The decoded packets that an application sees and sends: one discriminated union for all dialects.
 * Grammar: Socket.IO protocol revision 1 (0.7 to 0.9), and protocols 4 and 5 inside Engine.IO's messages.
 */

/**
 * How a packet asks for an acknowledgement. `plain`: the receiver acknowledges automatically, without arguments, before its
 * handlers run (only in revision 1; in Engine.IO it is sent as `data`). `data`: the receiver's handler acknowledges, with arguments.
 */
export type AckKind = 'plain' | 'data'

/** The reason of an error packet: 0, 1 and 2 in the protocol of revision 1. */
export type ErrorReason = 'transport not supported' | 'client not handshaken' | 'unauthorized'

/** A packet of a namespace. */
interface Addressed {
  /** The endpoint (namespace). `''` is the default one; others look like `/chat`. Without a colon (revision 1) or comma (Engine.IO). */
  endpoint: string
}

/** A packet that asks for an acknowledgement has both members, others have none. */
type AckRequest = {
  /** The acknowledgement's id: decimal digits, kept as text because peers echo it as text (`007`). */
  id: string
  ack: AckKind
} | { id?: never, ack?: never }

/**
 * From the server: an endpoint is connected. From a client: it asks to connect an endpoint. `query` is `?a=b` (clients up to 2.x), `auth`
 * any JSON value (clients from 3.x on).
 */
export interface ConnectPacket extends Addressed { type: 'connect', query?: string, auth?: unknown }
/**
 * An endpoint is disconnected. When the server sends it on the default endpoint, the session ends. When a client sends it on the default
 * endpoint, the session ends in revision 1; clients of Engine.IO may stay in other endpoints.
 */
export interface DisconnectPacket extends Addressed { type: 'disconnect' }
/** A text message. */
export type MessagePacket = Addressed & { type: 'message', data: string } & AckRequest
/** A message of one JSON value. */
export type JsonPacket = Addressed & { type: 'json', data: unknown } & AckRequest
/** A named event with its arguments. They may contain binary data, except in revision 1. */
export type EventPacket = Addressed & { type: 'event', name: string, args: unknown[] } & AckRequest
/** The acknowledgement of packet `id`, with the arguments of the handler. */
export interface AckPacket extends Addressed { type: 'ack', id: string, args: unknown[] }
/** A refusal; `advice: 'reconnect'` tells the client to handshake anew. */
export interface ErrorPacket extends Addressed { type: 'error', reason?: ErrorReason, advice?: 'reconnect' }

/** A decoded packet, as `socket.on('packet')` hands it over. */
export type Packet = ConnectPacket | DisconnectPacket | MessagePacket | JsonPacket | EventPacket | AckPacket | ErrorPacket

/** The type P, or each type of a union, with optional members K. */
type Relaxed<P, K extends string> = P extends unknown ? Omit<P, K> & Partial<Pick<P, K & keyof P>> : never

/**
 * A packet to send. The defaults are `''` for `endpoint` and `[]` for `args`. With `ack` and without `id`, `send` uses and returns the next id of
 * the connection.
 */
export type OutgoingPacket = Relaxed<Exclude<Packet, AckPacket>, 'endpoint' | 'args' | 'id' | 'ack'> | Relaxed<AckPacket, 'endpoint' | 'args'>

/** Handled by the plugin; no listener gets it. */
export interface HeartbeatPacket { type: 'heartbeat' }
/** The answer to a poll that has been open for `pollingDuration`. No listener gets it. */
export interface NoopPacket { type: 'noop' }

/** All nine packet types of revision 1. */
export type WirePacket = Packet | HeartbeatPacket | NoopPacket
