import type { IncomingMessage } from 'node:http'
import type { Engine } from './engine.js'
import type { EndReason, RefusalReason } from './reasons.js'
import type { DialectName, Socket, TransportName } from './socket.js'

/**
 * Packets and bytes in both directions. Heartbeats count. Bytes are those of the packets as they are encoded (text in UTF-8), without what HTTP and WebSockets put
 * around them. A packet that is sent again, because the answer to its poll broke, counts again.
 */
export interface Traffic {
  readonly packetsIn: number
  readonly packetsOut: number
  readonly bytesIn: number
  readonly bytesOut: number
}

/** A session is connected: its client has made the first transport request. Published before the listeners of 'connection' run. */
export interface OpenMessage {
  readonly engine: Engine
  readonly socket: Socket
}

/** A session has moved to another transport. Published before the listeners of 'upgrade' run. */
export interface MoveMessage {
  readonly engine: Engine
  readonly socket: Socket
  readonly from: TransportName
  readonly to: TransportName
}

/** A connected session has ended. Published before the listeners of 'close' run, once for each {@link OpenMessage}. */
export interface EndMessage {
  readonly engine: Engine
  readonly socket: Socket
  readonly reason: EndReason
  /** The error, if there was one. */
  readonly cause?: Error
  /** Time since the handshake. */
  readonly seconds: number
  readonly traffic: Traffic
}

/** A request has been refused. Published before the listeners of 'connection_error' run. */
export interface RefusedMessage {
  readonly engine: Engine
  readonly request: IncomingMessage
  readonly reason: RefusalReason
  /** A sentence for logs. */
  readonly detail: string
  /** The dialect of the answer. */
  readonly dialect?: DialectName
  /** The session id in the URL, as the client wrote it: of any length, and of no session that need exist. */
  readonly sid?: string
  /** More for logs; depends on the reason. */
  readonly context: Readonly<Record<string, unknown>>
}

/**
 * One packet of a client, before it is decoded, or one for a client, at the moment when its transport takes it. Heartbeats are packets, too, and so are those
 * that move a session to a WebSocket.
 */
export interface PacketMessage {
  readonly engine: Engine
  readonly socket: Socket
  readonly direction: 'in' | 'out'
  /** The packet as it is encoded: the whole contents of one WebSocket message. Do not change a Buffer. */
  readonly frame: string | Buffer
  readonly transport: TransportName
}

/**
 * What a request does for its session. `poll`: a GET that is held open, also the one of a handshake. `post`: a POST with packets. `stream`: a GET whose answer
 * does not end. `websocket`: the upgrade of a WebSocket that the session uses from now on. `upgrade`: the upgrade of a WebSocket to which an Engine.IO session
 * may move.
 */
export type RequestKind = 'poll' | 'post' | 'stream' | 'websocket' | 'upgrade'

/** A request for a session of this node has arrived at this node. Published before it is handled; the one that connects a session, after {@link OpenMessage}. */
export interface RequestMessage {
  readonly engine: Engine
  readonly socket: Socket
  readonly request: IncomingMessage
  readonly kind: RequestKind
}

/** The messages of the channels of `node:diagnostics_channel`, by the names of the channels. */
export interface Channels {
  'fastify-socketio-transports:open': OpenMessage
  'fastify-socketio-transports:move': MoveMessage
  'fastify-socketio-transports:end': EndMessage
  'fastify-socketio-transports:refused': RefusedMessage
  'fastify-socketio-transports:packet': PacketMessage
  'fastify-socketio-transports:request': RequestMessage
}

/** A listener of a channel. Do not change the message. */
export type ChannelListener<Name extends keyof Channels> = (message: Channels[Name], name: string | symbol) => void

/** A channel of `node:diagnostics_channel` with the type of its messages. */
export interface ObservationChannel<Name extends keyof Channels> {
  readonly name: string | symbol
  /** Whether anybody has subscribed. If not, messages are not made. */
  readonly hasSubscribers: boolean
  /**
   * Adds a listener. It runs at once, within what it observes, so it must be quick. What it throws ends the process, as with every channel of Node.
   */
  subscribe (listener: ChannelListener<Name>): void
  /** Removes a listener. */
  unsubscribe (listener: ChannelListener<Name>): void
}

/** The channels with their types. The same channels can be had by name: `diagnostics_channel.channel('fastify-socketio-transports:open')`. */
export interface Observation {
  readonly open: ObservationChannel<'fastify-socketio-transports:open'>
  readonly move: ObservationChannel<'fastify-socketio-transports:move'>
  readonly end: ObservationChannel<'fastify-socketio-transports:end'>
  readonly refused: ObservationChannel<'fastify-socketio-transports:refused'>
  readonly packet: ObservationChannel<'fastify-socketio-transports:packet'>
  readonly request: ObservationChannel<'fastify-socketio-transports:request'>
}
