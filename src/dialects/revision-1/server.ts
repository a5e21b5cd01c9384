// The face that the official Server sees of a revision-1 session: message text in the grammar of Socket.IO protocol 4. Here
// lives what that needs beyond translation: which endpoints are connected, and whose acknowledgement is whose.
import { fromMessage, isReservedEvent, PacketType, toMessage, withoutBinary } from '../../codec/socketio.js'
import { detach } from '../../codec/detach.js'
import type { SocketioCodec, SocketioPacket } from '../../codec/socketio.js'
import type { Frame, Packet, WirePacket } from '../../codec/packet.js'
import { BoundedMap } from './bounded-map.js'
import { bytesOf, NAMESPACE_BYTES, newEndpoint, isServableNamespace, toEndpoint, toNsp } from '../endpoint.js'
import type { Endpoint } from '../endpoint.js'

/** Bounds of one session. */
export interface FaceLimits {
  readonly maxEndpoints: number
  readonly maxAcks: number
  /** Most that may wait for endpoints to connect; bytes. */
  readonly maxPayload: number
}

/** What the face may do with its session. */
export interface FaceSession {
  /** To the Server; `isGoodbye`: when what came before has been heard. */
  deliver (data: string | Buffer, isGoodbye: boolean): void
  /** To the client. */
  enqueue (frame: Frame, volatile: boolean): void
  encode (packet: WirePacket): string
  decode (text: string): WirePacket
  /** The next acknowledgement id of the session. */
  nextId (): string
  /** The Server has disconnected the client. */
  disconnect (): void
  /** So many bytes are held for the client. Returns whether there is room for them. */
  keep (bytes: number): boolean
  /** Logs what goes wrong, once a session. */
  warn (message: string): void
  /** More is held for the client than may be. */
  overflow (): void
}

/** One encoded broadcast, kept for the next receiver. One for all sessions of a plugin instance. */
export interface BroadcastMemo { text: string | undefined, frame: string }

/** What the faces of all sessions of a plugin instance share. */
export interface FaceShared {
  readonly codec: SocketioCodec
  readonly limits: FaceLimits
  readonly memo: BroadcastMemo
  /**
   * Whether the last argument of an event is an offset of the Server's adapter, which adds one to what it could send again. It is
   * for clients that recover; 0.9 would take it for an argument.
   */
  readonly isOffset: (argument: unknown) => boolean
}

/** What an acknowledgement that is outstanding takes of memory; bytes. Measured. */
const ACK_BYTES = 96
/** What each character of an endpoint's query may take, once the Server has made an object of it: `?a&b&c`; bytes. Measured. */
const QUERY_BYTES = 48

type AckRequest = Extract<Packet, { type: 'message' | 'json' | 'event' }>

/** Not a heartbeat, nor a noop. */
const isAboutEndpoint = (packet: WirePacket): packet is Packet => 'endpoint' in packet

/** One session, as the official Server sees it. */
export class ServerFace {
  readonly #session: FaceSession
  readonly #codec: SocketioCodec
  readonly #limits: FaceLimits
  readonly #memo: BroadcastMemo
  readonly #isOffset: FaceShared['isOffset']
  /** The Server connects the default endpoint by itself (its model of protocol 3). */
  readonly #endpoints = new Map<string, Endpoint>([['', newEndpoint()]])
  /** Our id → the Server's, which count per namespace from 0. */
  readonly #serverAcks: BoundedMap<string, { endpoint: string, id: number }>
  /** An id for the Server → the client's, which are text. */
  readonly #clientAcks: BoundedMap<number, string>
  #lastId = 0
  /** What waits for endpoints to connect, and what the Server holds for them; bytes. */
  #waitingBytes = 0
  #endpointBytes = 0

  constructor (session: FaceSession, { codec, limits, memo, isOffset }: FaceShared) {
    this.#session = session
    this.#codec = codec
    this.#limits = limits
    this.#memo = memo
    this.#isOffset = isOffset
    this.#serverAcks = new BoundedMap(limits.maxAcks)
    this.#clientAcks = new BoundedMap(limits.maxAcks)
  }

  // ---- from the client

  /** A packet of the client, as far as the Server can take it; the rest is dropped, as the old server did. */
  receive (packet: Packet): void {
    if (packet.type === 'error') return
    const endpoint = this.#endpoints.get(packet.endpoint)
    if (endpoint?.state === 'connected') return this.#forward(endpoint, packet)
    if (endpoint !== undefined) return this.#wait(endpoint, packet)
    if (packet.type === 'connect') this.#connect(packet.endpoint, packet.query)
  }

  #connect (name: string, query = ''): void {
    if ((name !== '' && !isServableNamespace(name)) || this.#endpoints.size > this.#limits.maxEndpoints) return
    const endpoint = newEndpoint(NAMESPACE_BYTES + query.length * QUERY_BYTES)
    if (!this.#session.keep(this.#heldBytes + endpoint.bytes)) return this.#session.overflow()
    this.#endpointBytes += endpoint.bytes
    this.#endpoints.set(name, endpoint)
    // A comma would end the name in the Server's grammar; what begins otherwise than a query would be more of the name.
    this.#deliver({ type: PacketType.CONNECT, nsp: toNsp(name) + (query.startsWith('?') ? query.replaceAll(',', '%2C') : '') })
  }

  #wait (endpoint: Endpoint, packet: Packet): void {
    const text = detach(this.#session.encode(packet))
    this.#waitingBytes += bytesOf(text)
    if (this.#waitingBytes > this.#limits.maxPayload || !this.#session.keep(this.#heldBytes)) return this.#session.overflow()
    endpoint.waiting.push(text)
  }

  /** Hears what has waited for the endpoint. When that leaves it and connects it anew, the rest waits on. */
  #hearWaiting (name: string, endpoint: Endpoint): void {
    const { waiting } = endpoint
    this.#waitingBytes -= waiting.bytes
    for (let text = waiting.shift(); text !== undefined; text = waiting.shift()) {
      const packet = this.#session.decode(text)
      // Those that repeat the connect have had their answer; after a goodbye it is a new one.
      if (isAboutEndpoint(packet) && (packet.type !== 'connect' || endpoint !== this.#endpoints.get(name))) this.receive(packet)
      const current = this.#endpoints.get(name)
      if (current === undefined || current === endpoint) continue
      current.waiting = waiting
      break
    }
    this.#waitingBytes += waiting.bytes
    this.#session.keep(this.#heldBytes)
  }

  /** What is held for the client beside its queue, bytes. */
  get #heldBytes (): number {
    return this.#waitingBytes + this.#endpointBytes + (this.#serverAcks.size + this.#clientAcks.size) * ACK_BYTES
  }

  /** Lets go of an endpoint, and of what the Server holds for it. */
  #delete (name: string, endpoint: Endpoint): void {
    this.#endpoints.delete(name)
    this.#endpointBytes -= endpoint.bytes
    this.#session.keep(this.#heldBytes)
  }

  #forward (endpoint: Endpoint, packet: Packet): void {
    const nsp = toNsp(packet.endpoint)
    switch (packet.type) {
      case 'message':
      case 'json':
      case 'event': {
        if (packet.type === 'event' && isReservedEvent(packet.name)) return
        return this.#deliver({ type: PacketType.EVENT, nsp, data: fromMessage(packet), ...this.#idFor(packet) })
      }
      case 'ack': {
        const serverAck = this.#serverAcks.get(packet.id)
        if (serverAck === undefined || serverAck.endpoint !== packet.endpoint) return
        this.#serverAcks.delete(packet.id)
        this.#session.keep(this.#heldBytes)
        return this.#deliver({ type: PacketType.ACK, nsp, data: packet.args, id: serverAck.id })
      }
      case 'disconnect': return this.#disconnect(packet.endpoint, endpoint)
      // Connected again: the old server answered each time (docs/revision-1.md, Packets).
      case 'connect': return this.#enqueue({ type: 'connect', endpoint: packet.endpoint })
      case 'error': return
      default: packet satisfies never
    }
  }

  #disconnect (name: string, endpoint: Endpoint): void {
    this.#delete(name, endpoint)
    this.#deliver({ type: PacketType.DISCONNECT, nsp: toNsp(name) })
  }

  /** The client has left: so have all of its endpoints. */
  disconnectAll (): void {
    for (const [endpoint, { state }] of this.#endpoints) {
      if (state === 'connected') this.#deliver({ type: PacketType.DISCONNECT, nsp: toNsp(endpoint) })
    }
    this.#endpoints.clear()
  }

  #idFor (packet: AckRequest): { id?: number } {
    if (packet.ack !== 'data' || packet.id === undefined) return {}
    const id = this.#lastId++
    this.#clientAcks.set(id, packet.id)
    if (!this.#session.keep(this.#heldBytes)) this.#session.overflow()
    return { id }
  }

  #deliver (packet: SocketioPacket): void {
    for (const piece of this.#codec.encode(packet)) this.#session.deliver(piece, packet.type === PacketType.DISCONNECT)
  }

  // ---- from the Server

  /** Message text of the Server, for the client. */
  write (data: string | Uint8Array, volatile: boolean): void {
    if (data === this.#memo.text) return this.#session.enqueue(this.#memo.frame, volatile)
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
   * What the Server has written; undefined while attachments are missing, and for what cannot be read: an application may send on what a client
   * has sent it, and `{"_placeholder":true,"num":"x"}` beside a Buffer looks like an attachment that is not there. The application is not to fail on it.
   */
  #read (data: string | Uint8Array): SocketioPacket | undefined {
    try {
      return this.#codec.decode(data)
    } catch (error) {
      this.#session.warn(`a packet of the Server is dropped, because the parser cannot decode it: ${error instanceof Error ? error.message : String(error)}`)
      return undefined
    }
  }

  #enqueue (packet: WirePacket, volatile = false): void {
    this.#session.enqueue(this.#session.encode(packet), volatile)
  }

  #forget (name: string): void {
    const endpoint = this.#endpoints.get(name)
    if (endpoint === undefined) return
    this.#waitingBytes -= endpoint.waiting.bytes
    this.#delete(name, endpoint)
  }

  #connected (name: string): void {
    this.#enqueue({ type: 'connect', endpoint: name })
    // The Server writes this before it lists the socket and before its 'connection' listeners have run.
    const endpoint = this.#endpoints.get(name)
    process.nextTick(() => {
      if (endpoint?.state !== 'connecting' || endpoint !== this.#endpoints.get(name)) return
      endpoint.state = 'connected'
      this.#hearWaiting(name, endpoint)
    })
  }

  #disconnected (endpoint: string): void {
    if (endpoint === '') return this.#session.disconnect()
    this.#forget(endpoint)
    this.#enqueue({ type: 'disconnect', endpoint })
  }

  /** A namespace that does not exist is silence, as in the old server; any other refusal is `7::/ep:2`. */
  #refused (endpoint: string, data: unknown): void {
    this.#forget(endpoint)
    const { message } = Object(data) as { message?: unknown }
    if (message !== 'Invalid namespace') this.#enqueue({ type: 'error', endpoint, reason: 'unauthorized' })
  }

  #event (endpoint: string, packet: SocketioPacket, volatile: boolean, text: string | Uint8Array): void {
    const list = this.#list(packet, text)
    // Events that ask for an acknowledgement, and volatile ones, are never sent again and have none.
    const message = toMessage(packet.id === undefined && !volatile && this.#isOffset(list.at(-1)) ? list.slice(0, -1) : list)
    if (packet.id === undefined) {
      const frame = this.#session.encode({ ...message, endpoint })
      // Without an id the frame is the same for every receiver of a broadcast.
      if (typeof text === 'string') {
        this.#memo.text = text
        this.#memo.frame = frame
      }
      return this.#session.enqueue(frame, volatile)
    }
    const id = this.#session.nextId()
    this.#serverAcks.set(id, { endpoint, id: packet.id })
    if (!this.#session.keep(this.#heldBytes)) return this.#session.overflow()
    // The old client acknowledges messages by itself, but events only with `id+` (docs/revision-1.md, Packets).
    this.#enqueue({ ...message, endpoint, id, ack: message.type === 'event' ? 'data' : 'plain' }, volatile)
  }

  #ack (endpoint: string, packet: SocketioPacket, written: string | Uint8Array): void {
    const id = this.#clientAcks.get(packet.id ?? -1)
    if (id === undefined) return
    this.#clientAcks.delete(packet.id ?? -1)
    this.#session.keep(this.#heldBytes)
    this.#enqueue({ type: 'ack', endpoint, id, args: this.#list(packet, written) })
  }

  /** With the official parser, a packet that holds binary ends with an attachment; its type then no longer says so. */
  #list ({ data }: SocketioPacket, written: string | Uint8Array): unknown[] {
    const mayHoldBinary = this.#codec.custom || typeof written !== 'string'
    return (mayHoldBinary ? withoutBinary(data) : data) as unknown[]
  }
}
