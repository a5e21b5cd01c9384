// Publishes what happens to the sessions of one Engine, and counts their traffic.
import type { IncomingMessage } from 'node:http'
import type { Engine } from '../../types/engine.js'
import type { EndMessage, RefusedMessage, RequestKind } from '../../types/observation.js'
import type { Socket, TransportName } from '../../types/socket.js'
import { channels } from './channels.js'
import type { Counters } from './counters.js'
import type { TrafficCounter } from './traffic.js'

const { open, move, end, refused, packet, request } = channels

/** A longer text is not kept here, bytes. */
const LONGEST_KEPT = 64 * 1024

/** A session, as it is observed. */
export interface Observed {
  readonly socket: Socket
  readonly traffic: TrafficCounter
}

/** The transport of a packet. */
interface Carrier {
  readonly name: TransportName
}

/** The observer of one Engine. */
export class Observer {
  readonly #engine: Engine
  readonly #counters: Counters
  /** The last text that was sent. A broadcast sends the same one to many sessions, and its size is counted once. */
  #text = ''
  #textBytes = 0

  constructor (engine: Engine, counters: Counters) {
    this.#engine = engine
    this.#counters = counters
  }

  opened (socket: Socket): void {
    if (open.hasSubscribers) open.publish({ engine: this.#engine, socket })
  }

  moved (socket: Socket, from: TransportName, to: TransportName): void {
    if (move.hasSubscribers) move.publish({ engine: this.#engine, socket, from, to })
  }

  ended (socket: Socket, details: Pick<EndMessage, 'reason' | 'cause'>, seconds: number): void {
    this.#counters.session.add(seconds)
    if (end.hasSubscribers) end.publish({ engine: this.#engine, socket, ...details, seconds, traffic: socket.traffic })
  }

  refused (message: Omit<RefusedMessage, 'engine'>): void {
    if (refused.hasSubscribers) refused.publish({ engine: this.#engine, ...message })
  }

  requested (socket: Socket, raw: IncomingMessage, kind: RequestKind): void {
    request.publish({ engine: this.#engine, socket, request: raw, kind })
  }

  /** Counts a packet of the client. @param bytes its size, if it is known */
  packetIn ({ socket, traffic }: Observed, frame: string | Buffer, transport: Carrier, bytes = Buffer.byteLength(frame)): void {
    traffic.countIn(bytes)
    this.#counters.traffic.countIn(bytes)
    if (packet.hasSubscribers) packet.publish({ engine: this.#engine, socket, direction: 'in', frame, transport: transport.name })
  }

  /** Counts a packet for the client. */
  packetOut ({ socket, traffic }: Observed, frame: string | Buffer, transport: Carrier): void {
    const bytes = this.#sizeOf(frame)
    traffic.countOut(bytes)
    this.#counters.traffic.countOut(bytes)
    if (packet.hasSubscribers) packet.publish({ engine: this.#engine, socket, direction: 'out', frame, transport: transport.name })
  }

  #sizeOf (frame: string | Buffer): number {
    if (typeof frame !== 'string') return frame.length
    if (frame === this.#text) return this.#textBytes
    const bytes = Buffer.byteLength(frame)
    if (bytes > LONGEST_KEPT) return bytes
    this.#text = frame
    this.#textBytes = bytes
    return bytes
  }
}
