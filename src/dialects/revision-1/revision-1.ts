// The dialect revision 1: handles heartbeats, automatic acknowledgements and the default endpoint without the application. The application uses one of two
// faces: decoded packets, or the official Server.
import type { SendOptions } from '../../../types/socket.js'
import type { Frame, OutgoingPacket, Packet } from '../../codec/packet.js'
import { CONNECT, DISCONNECT, jsonStart, revision1, UNKNOWN_SESSION } from '../../codec/revision-1.js'
import { checkArguments, checkShape } from '../../codec/shape.js'
import type { ShapeLimits } from '../../codec/shape.js'
import type { Dialect, DialectSession, Heartbeat } from '../../session/dialect.js'
import { ServerFace } from './server.js'
import type { FaceDialect, FaceShared } from './face.js'
import type { EndReason, Transport } from '../../session/transport.js'

/** Reasons after which a client that would not notice the end of its transport is made to handshake again. */
const BY_US: ReadonlySet<EndReason> = new Set(['closed by server', 'server closing', 'server draining', 'too many packets'])

/** What all sessions of a plugin instance share. */
export interface Revision1Shared extends FaceShared {
  readonly limits: FaceShared['limits'] & ShapeLimits
}

/** Handles the packets of one session of revision 1. */
export class Revision1 implements Dialect, FaceDialect {
  readonly name = 'revision 1'
  readonly protocol = 3
  readonly heartbeat: Heartbeat
  readonly flushesOnClose = false
  readonly #session: DialectSession
  readonly #shared: Revision1Shared
  #face: ServerFace | undefined
  #lastId = 0
  #isDisconnected = false

  constructor (session: DialectSession, shared: Revision1Shared, heartbeat: Heartbeat) {
    this.#session = session
    this.#shared = shared
    this.heartbeat = heartbeat
  }

  get onServer (): boolean { return this.#session.listenerCount('data') > 0 }

  /** The face of the Server; undefined without one. The Server listens to 'data' from 'connection' on. */
  get #server (): ServerFace | undefined {
    if (this.#face === undefined && this.onServer) {
      this.#face = new ServerFace(this.#session, this, this.#shared)
    }
    return this.#face
  }

  /** Connects the default endpoint, unless there is a Server, which does this when its middleware has finished. */
  opened (): void {
    if (this.#server === undefined) this.#session.enqueueFirst(CONNECT)
  }

  /** Returns a packet that makes the client handshake again, only if the client would not notice the end of the transport. */
  farewell ({ open, endsUnnoticed }: Transport, reason: EndReason): Frame | undefined {
    return BY_US.has(reason) && open && endsUnnoticed && !this.#isDisconnected ? UNKNOWN_SESSION : undefined
  }

  receive (frame: Frame): boolean {
    // Revision 1 has no binary; the old server ignored it, too (docs/revision-1.md, Transports).
    return this.#isDisconnected || typeof frame !== 'string' || this.#received(frame)
  }

  #received (frame: string): boolean {
    const { limits } = this.#shared
    const json = jsonStart(frame)
    if (json !== undefined) checkShape(frame, json, limits.maxNesting)
    const packet = revision1.decodePacket(frame)
    if ('args' in packet && packet.args !== undefined) checkArguments(packet.args.length, limits)
    if (packet.type === 'heartbeat') this.#session.onHeartbeat()
    if (packet.type === 'noop' || packet.type === 'heartbeat') return true
    if (this.#session.parting && 'ack' in packet && packet.ack !== undefined) return false
    this.#hear(packet)
    return true
  }

  #hear (packet: Packet): void {
    // Before the handlers run, also for a packet that is then dropped (docs/revision-1.md, Packets).
    if ('ack' in packet && packet.ack === 'plain' && packet.id !== undefined) {
      this.#session.enqueue(revision1.encodePacket({ type: 'ack', endpoint: packet.endpoint, id: packet.id, args: [] }))
    }
    const server = this.#server
    if (packet.type === 'connect' && packet.endpoint === '' && server === undefined) return this.#session.enqueue(CONNECT)
    this.#session.emitPacket(packet)
    if (packet.type === 'disconnect' && packet.endpoint === '') return this.#clientDisconnected()
    server?.receive(packet)
  }

  /**
   * The client's `0::` is answered with `0::` on what is open (docs/revision-1.md, The end of a session). The Server is told first, so that its
   * reason is 'client namespace disconnect'.
   */
  #clientDisconnected (): void {
    this.#isDisconnected = true
    const end = (): void => this.#session.end('client left', DISCONNECT)
    if (this.#face === undefined) return end()
    this.#face.disconnectAll()
    this.#session.afterDelivered(end)
  }

  // ---- the packet face

  send (packet: OutgoingPacket, { volatile = false }: SendOptions): string | undefined {
    if (packet.type === 'disconnect' && !packet.endpoint) {
      this.disconnect()
      return undefined
    }
    if (!('ack' in packet) || packet.ack === undefined) {
      this.#session.enqueue(revision1.encodePacket(packet), volatile)
      return undefined
    }
    const id = packet.id ?? this.nextId()
    this.#session.enqueue(revision1.encodePacket({ ...packet, id }), volatile)
    return id
  }

  // ---- the Server's face

  write (data: string | Uint8Array, { volatile = false }: SendOptions): void {
    this.#server?.write(data, volatile)
  }

  // ---- what both use

  /** Ids count per session from 1 (docs/revision-1.md, Packets). */
  nextId (): string {
    return String(++this.#lastId)
  }

  /** Waits for the client's next poll if none is open. The old server did not wait: the next poll made the client handshake again, and it came back forever. */
  disconnect (): void {
    this.#isDisconnected = true
    this.#session.dismiss(DISCONNECT)
  }
}
