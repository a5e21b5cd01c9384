// Translates between a session of revision 1 and the official Server, which uses the grammar of Socket.IO protocol 4. Both directions need the endpoints and
// the outstanding acknowledgements, so they are in one file.
import { fromMessage, isReservedEvent, PacketType, toMessage, withoutBinary } from '../../codec/socketio.js'
import type { SocketioPacket } from '../../codec/socketio.js'
import type { Packet, WirePacket } from '../../codec/packet.js'
import { revision1 } from '../../codec/revision-1.js'
import { Acks } from './acks.js'
import { bytesOf, isServableNamespace, toEndpoint, toNsp } from '../endpoint.js'
import type { Endpoint } from '../endpoint.js'
import { endpointBytes, Endpoints } from './endpoints.js'
import type { FaceDialect, FaceShared, FaceSession } from './face.js'

type AckRequest = Extract<Packet, { type: 'message' | 'json' | 'event' }>

/** Returns whether a packet belongs to an endpoint: all do, except heartbeats and noops. */
const isAboutEndpoint = (packet: WirePacket): packet is Packet => 'endpoint' in packet

/** The face of the official Server for one session. */
export class ServerFace {
  readonly #session: FaceSession
  readonly #dialect: FaceDialect
  readonly #shared: FaceShared
  readonly #endpoints = new Endpoints()
  readonly #acks: Acks

  constructor (session: FaceSession, dialect: FaceDialect, shared: FaceShared) {
    this.#session = session
    this.#dialect = dialect
    this.#shared = shared
    this.#acks = new Acks(shared.limits.maxAcks)
  }

  // ---- memory

  /** Counts the memory that is held for the client outside its queue, and so many bytes more. Returns whether it fits. */
  #keep (more = 0): boolean {
    return this.#session.keep(this.#endpoints.bytes + this.#acks.bytes + more)
  }

  #overflow (): void {
    this.#session.end('too many packets', undefined, new Error('packets that wait for endpoints to connect exceed maxPayload'))
  }

  // ---- from the client

  /** Delivers a packet of the client. Packets for endpoints that are not connected are dropped, as in the old server. */
  receive (packet: Packet): void {
    if (packet.type === 'error') return
    const endpoint = this.#endpoints.get(packet.endpoint)
    if (endpoint?.state === 'connected') return this.#forward(packet)
    if (endpoint !== undefined) return this.#wait(endpoint, packet)
    if (packet.type === 'connect') this.#connect(packet.endpoint, packet.query)
  }

  #connect (name: string, query = ''): void {
    if ((name !== '' && !isServableNamespace(name)) || this.#endpoints.size > this.#shared.limits.maxEndpoints) return
    const bytes = endpointBytes(query)
    if (!this.#keep(bytes)) return this.#overflow()
    this.#endpoints.add(name, bytes)
    // In the Server's grammar a comma ends the name, and a query without `?` would be part of the name.
    this.#deliver({ type: PacketType.CONNECT, nsp: toNsp(name) + (query.startsWith('?') ? query.replaceAll(',', '%2C') : '') })
  }

  #wait (endpoint: Endpoint, packet: Packet): void {
    const text = revision1.encodePacket(packet)
    const bytes = bytesOf(text)
    if (this.#endpoints.waitingBytes + bytes > this.#shared.limits.maxPayload || !this.#keep(bytes)) return this.#overflow()
    this.#endpoints.wait(endpoint, text)
  }

  #hearWaiting (name: string, endpoint: Endpoint): void {
    this.#endpoints.hearWaiting(name, endpoint, (text) => {
      const packet = revision1.decodePacket(text)
      // A repeated connect has been answered already, unless a disconnect came between.
      if (isAboutEndpoint(packet) && (packet.type !== 'connect' || endpoint !== this.#endpoints.get(name))) this.receive(packet)
    })
    this.#keep()
  }

  #forward (packet: Packet): void {
    const { endpoint } = packet
    const nsp = toNsp(endpoint)
    switch (packet.type) {
      case 'message':
      case 'json':
      case 'event': {
        if (packet.type === 'event' && isReservedEvent(packet.name)) return
        return this.#deliver({ type: PacketType.EVENT, nsp, data: fromMessage(packet), ...this.#idFor(packet) })
      }
      case 'ack': {
        const id = this.#acks.takeOfServer(packet.id, endpoint)
        if (id === undefined) return
        this.#keep()
        return this.#deliver({ type: PacketType.ACK, nsp, data: packet.args, id })
      }
      case 'disconnect':
        this.#endpoints.delete(endpoint)
        this.#keep()
        return this.#deliver({ type: PacketType.DISCONNECT, nsp })
      // The old server answered each connect (docs/revision-1.md, Packets).
      case 'connect': return this.#enqueue({ type: 'connect', endpoint })
      case 'error': return
      default: packet satisfies never
    }
  }

  /** Delivers a disconnect for each endpoint: the client has disconnected as a whole. */
  disconnectAll (): void {
    for (const endpoint of this.#endpoints.connected) this.#deliver({ type: PacketType.DISCONNECT, nsp: toNsp(endpoint) })
    this.#endpoints.clear()
  }

  #idFor (packet: AckRequest): { id?: number } {
    if (packet.ack !== 'data' || packet.id === undefined) return {}
    const id = this.#acks.addOfClient(packet.id)
    if (!this.#keep()) this.#overflow()
    return { id }
  }

  #deliver (packet: SocketioPacket): void {
    for (const piece of this.#shared.codec.encode(packet)) this.#session.deliver(piece, packet.type === PacketType.DISCONNECT)
  }

  // ---- from the Server

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
    this.#endpoints.forget(name)
    this.#keep()
  }

  #connected (name: string): void {
    this.#enqueue({ type: 'connect', endpoint: name })
    // The Server sends this before it adds the socket to its list and calls the 'connection' listeners.
    const endpoint = this.#endpoints.get(name)
    process.nextTick(() => {
      if (endpoint?.state !== 'connecting' || endpoint !== this.#endpoints.get(name)) return
      endpoint.state = 'connected'
      this.#hearWaiting(name, endpoint)
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
    this.#acks.addOfServer(id, endpoint, packet.id)
    if (!this.#keep()) return this.#overflow()
    // The old client acknowledges messages by itself, but events only with `id+` (docs/revision-1.md, Packets).
    this.#enqueue({ ...message, endpoint, id, ack: message.type === 'event' ? 'data' : 'plain' }, volatile)
  }

  #ack (endpoint: string, packet: SocketioPacket, written: string | Uint8Array): void {
    const id = this.#acks.takeOfClient(packet.id)
    if (id === undefined) return
    this.#keep()
    this.#enqueue({ type: 'ack', endpoint, id, args: this.#list(packet, written) })
  }

  /** Returns the arguments with binary as base64. With the official parser, only packets that end with an attachment contain binary. */
  #list ({ data }: SocketioPacket, written: string | Uint8Array): unknown[] {
    const mayHoldBinary = this.#shared.codec.custom || typeof written !== 'string'
    return (mayHoldBinary ? withoutBinary(data) : data) as unknown[]
  }
}
