// The face of the official Server for a session of revision 1: the Server uses the grammar of Socket.IO protocol 4. The other direction is in from-client.ts.
import { PacketType, toMessage, withoutBinary } from '../../codec/socketio.js'
import type { SocketioPacket } from '../../codec/socketio.js'
import type { Packet, WirePacket } from '../../codec/packet.js'
import { revision1 } from '../../codec/revision-1.js'
import { toEndpoint } from '../endpoint.js'
import type { FaceDialect, FaceShared, FaceSession } from './face.js'
import { FromClient } from './from-client.js'

/** The face of the official Server for one session. */
export class ServerFace {
  readonly #session: FaceSession
  readonly #dialect: FaceDialect
  readonly #shared: FaceShared
  readonly #client: FromClient

  constructor (session: FaceSession, dialect: FaceDialect, shared: FaceShared) {
    this.#session = session
    this.#dialect = dialect
    this.#shared = shared
    this.#client = new FromClient(session, shared)
  }

  /** Delivers a packet of the client. Packets for endpoints that are not connected are dropped, as in the old server. */
  receive (packet: Packet): void { this.#client.receive(packet) }

  /** Delivers a disconnect for each endpoint: the client has disconnected as a whole. */
  disconnectAll (): void { this.#client.disconnectAll() }

  /** Sends a message of the Server to the client. */
  write (data: string | Uint8Array, volatile: boolean): void {
    const last = typeof data === 'string' ? this.#shared.last.find(data) : undefined
    if (last !== undefined) return this.#session.enqueue(last, volatile)
    const packet = this.#read(data)
    if (packet === undefined) return
    const endpoint = toEndpoint(packet.nsp)
    switch (packet.type) {
      case PacketType.CONNECT: return this.#connected(endpoint)
      case PacketType.DISCONNECT: return this.#disconnected(endpoint)
      case PacketType.CONNECT_ERROR: return this.#refused(endpoint, packet.data)
      case PacketType.EVENT:
      case PacketType.BINARY_EVENT: return this.#event(endpoint, packet, volatile, data)
      case PacketType.ACK:
      case PacketType.BINARY_ACK: return this.#ack(endpoint, packet, data)
      default: packet.type satisfies never
    }
  }

  /**
   * Decodes a message of the Server. Undefined while attachments are missing, and when decoding fails. It fails if an application forwards data of a client
   * such as `{"_placeholder":true,"num":"x"}` together with a Buffer. That must not throw into the application.
   */
  #read (data: string | Uint8Array): SocketioPacket | undefined {
    try {
      return this.#shared.codec.decode(data)
    } catch (error) {
      this.#session.warn(`a packet of the Server is dropped, because the parser cannot decode it: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }

  #enqueue (packet: WirePacket, volatile = false): void {
    this.#session.enqueue(revision1.encodePacket(packet), volatile)
  }

  #forget (name: string): void {
    this.#client.endpoints.forget(name)
    this.#client.keep()
  }

  #connected (name: string): void {
    this.#enqueue({ type: 'connect', endpoint: name })
    // The Server sends this before it adds the socket to its list and calls the 'connection' listeners.
    const endpoint = this.#client.endpoints.get(name)
    process.nextTick(() => {
      if (endpoint?.state !== 'connecting' || endpoint !== this.#client.endpoints.get(name)) return
      endpoint.state = 'connected'
      this.#client.hearWaiting(name, endpoint)
    })
  }

  #disconnected (endpoint: string): void {
    if (endpoint === '') return this.#dialect.disconnect()
    this.#forget(endpoint)
    this.#enqueue({ type: 'disconnect', endpoint })
  }

  /** Sends nothing for a namespace that does not exist, as the old server did, and `7::/ep:2` for any other refusal. */
  #refused (endpoint: string, data: unknown): void {
    this.#forget(endpoint)
    const { message }: { message?: unknown } = Object(data)
    if (message !== 'Invalid namespace') this.#enqueue({ type: 'error', endpoint, reason: 'unauthorized' })
  }

  #event (endpoint: string, packet: SocketioPacket, volatile: boolean, text: string | Uint8Array): void {
    const list = this.#list(packet, text)
    // Events with an acknowledgement and volatile events have no offset, because they are never sent again.
    const message = toMessage(packet.id === undefined && !volatile && this.#shared.isOffset(list.at(-1)) ? list.slice(0, -1) : list)
    if (packet.id === undefined) {
      const frame = revision1.encodePacket({ ...message, endpoint })
      // Without an id, the frame is the same for all receivers of a broadcast.
      if (typeof text === 'string') this.#shared.last.keep(text, frame)
      return this.#session.enqueue(frame, volatile)
    }
    const id = this.#dialect.nextId()
    this.#client.acks.addOfServer(id, endpoint, packet.id)
    if (!this.#client.keep()) return this.#client.overflow()
    // The old client acknowledges messages by itself, but events only with `id+` (docs/revision-1.md, Packets).
    this.#enqueue({ ...message, endpoint, id, ack: message.type === 'event' ? 'data' : 'plain' }, volatile)
  }

  #ack (endpoint: string, packet: SocketioPacket, written: string | Uint8Array): void {
    const id = this.#client.acks.takeOfClient(packet.id)
    if (id === undefined) return
    this.#client.keep()
    this.#enqueue({ type: 'ack', endpoint, id, args: this.#list(packet, written) })
  }

  /** Returns the arguments with binary as base64. With the official parser, only packets that end with an attachment contain binary. */
  #list ({ data }: SocketioPacket, written: string | Uint8Array): unknown[] {
    const mayHoldBinary = this.#shared.codec.custom || typeof written !== 'string'
    return (mayHoldBinary ? withoutBinary(data) : data) as unknown[]
  }
}
