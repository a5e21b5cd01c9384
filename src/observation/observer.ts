// Publishes what happens to the sessions of one Engine, and counts their traffic.
import type { IncomingMessage } from 'node:http'
import type { Engine } from '../../types/engine.js'
import type { EndMessage, RefusedMessage, RequestKind } from '../../types/observation.js'
import type { Socket, TransportName } from '../../types/socket.js'
import { channels } from './channels.js'
import { TrafficCounter } from './traffic.js'

const { open, move, end, refused, packet, request } = channels

/** A session, as it is observed. */
export interface Observed {
  readonly socket: Socket
  readonly traffic: TrafficCounter
  readonly transport: { readonly name: TransportName }
}

/** The observer of one Engine. */
export class Observer {
  /** Of all sessions since the start. */
  readonly traffic = new TrafficCounter()
  readonly #engine: Engine

  constructor (engine: Engine) {
    this.#engine = engine
  }

  opened (socket: Socket): void {
    if (open.hasSubscribers) open.publish({ engine: this.#engine, socket })
  }

  moved (socket: Socket, from: TransportName, to: TransportName): void {
    if (move.hasSubscribers) move.publish({ engine: this.#engine, socket, from, to })
  }

  ended (socket: Socket, details: Pick<EndMessage, 'reason' | 'cause'>): void {
    if (!end.hasSubscribers) return
    end.publish({ engine: this.#engine, socket, ...details, seconds: secondsSince(socket.openedAt), traffic: socket.traffic })
  }

  refused (message: Omit<RefusedMessage, 'engine'>): void {
    if (refused.hasSubscribers) refused.publish({ engine: this.#engine, ...message })
  }

  requested (socket: Socket, raw: IncomingMessage, kind: RequestKind): void {
    request.publish({ engine: this.#engine, socket, request: raw, kind })
  }

  /** Counts a packet of the client. */
  packetIn ({ socket, traffic }: Observed, frame: string | Buffer, transport: TransportName): void {
    const bytes = Buffer.byteLength(frame)
    traffic.countIn(bytes)
    this.traffic.countIn(bytes)
    if (packet.hasSubscribers) packet.publish({ engine: this.#engine, socket, direction: 'in', frame, transport })
  }

  /** Counts a packet for the client. */
  packetOut ({ socket, traffic }: Observed, frame: string | Buffer, transport: TransportName): void {
    const bytes = Buffer.byteLength(frame)
    traffic.countOut(bytes)
    this.traffic.countOut(bytes)
    if (packet.hasSubscribers) packet.publish({ engine: this.#engine, socket, direction: 'out', frame, transport })
  }
}

/** Time since a moment, which is never negative: the clock of the machine may be set. */
const secondsSince = (at: number): number => Math.max(Date.now() - at, 0) / 1000
