/**
 * The decoded packets that an application sees and sends: one discriminated union for all dialects.
 * Grammar: Socket.IO protocol revision 1 (0.7 to 0.9), and protocols 4 and 5 inside Engine.IO's messages.
 */

/**
 * How a packet asks to be acknowledged. `plain`: the receiver acknowledges by itself, without arguments, before its
 * handlers run (revision 1 only; elsewhere it is sent as `data`). `data`: the receiver's handler acknowledges, with arguments.
 */
export type AckKind = 'plain' | 'data'

/** Why a server refused something: reasons 0, 1 and 2 of the protocol's table. */
export type ErrorReason = 'transport not supported' | 'client not handshaken' | 'unauthorized'

interface Addressed {
  /** The endpoint (namespace): `''` is the default one, others look like `/chat`. No colon in it (revision 1), or comma (Engine.IO). */
  endpoint: string
}

interface Acknowledged {
  /** The acknowledgement's id: decimal digits, kept as text because peers echo it as text (`007`). */
  id?: string
  /** Present when an acknowledgement is asked for. */
  ack?: AckKind
}

/**
 * An endpoint is connected. From a client: it asks to be. `query` is `?a=b`, as clients up to 2.x write it; `auth` is what those from
 * 3.x on send instead.
 */
export interface ConnectPacket extends Addressed { type: 'connect', query?: string, auth?: unknown }
/**
 * An endpoint is left. Sent on the default endpoint, it ends the whole connection; so does a client of revision 1, while later ones
 * may stay in other endpoints.
 */
export interface DisconnectPacket extends Addressed { type: 'disconnect' }
/** A text message. */
export interface MessagePacket extends Addressed, Acknowledged { type: 'message', data: string }
/** A message of one JSON value. */
export interface JsonPacket extends Addressed, Acknowledged { type: 'json', data: unknown }
/** A named event with its arguments, which may hold binary but in revision 1. */
export interface EventPacket extends Addressed, Acknowledged { type: 'event', name: string, args: unknown[] }
/** The acknowledgement of packet `id`, with what the handler gave. */
export interface AckPacket extends Addressed { type: 'ack', id: string, args: unknown[] }
/** A refusal; `advice: 'reconnect'` tells the client to handshake anew. */
export interface ErrorPacket extends Addressed { type: 'error', reason?: ErrorReason, advice?: 'reconnect' }

/** A decoded packet, as `socket.on('packet')` hands it over. */
export type Packet = ConnectPacket | DisconnectPacket | MessagePacket | JsonPacket | EventPacket | AckPacket | ErrorPacket

type Relaxed<P, K extends string> = P extends unknown ? Omit<P, K> & Partial<Pick<P, K & keyof P>> : never

/**
 * A packet to send. `endpoint` defaults to `''`, `args` to none. With `ack` and without `id`, the connection's next id
 * is taken and returned by `send`.
 */
export type OutgoingPacket = Relaxed<Exclude<Packet, AckPacket>, 'endpoint' | 'args'> | Relaxed<AckPacket, 'endpoint' | 'args'>

/** The two packets that live below the application; no listener sees them. */
export interface HeartbeatPacket { type: 'heartbeat' }
/** Answers a poll that has waited long enough. */
export interface NoopPacket { type: 'noop' }

/** Everything revision 1 puts on the wire: nine types. */
export type WirePacket = Packet | HeartbeatPacket | NoopPacket
