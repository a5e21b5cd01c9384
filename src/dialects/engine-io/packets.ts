// The packet face of a session of Engine.IO: translates between Socket.IO packets in its messages and the packets that applications use.
import type { SendOptions } from '../../../types/socket.js'
import type { ErrorReason, OutgoingPacket, Packet } from '../../codec/packet.js'
import { ProtocolError } from '../../codec/packet.js'
import { fromMessage, isReservedEvent, PacketType, toMessage } from '../../codec/socketio.js'
import type { SocketioCodec, SocketioPacket } from '../../codec/socketio.js'
import { toEndpoint, toNsp } from '../endpoint.js'
import { decodeSafely, listOf } from './decode.js'

/** The session that a {@link PacketFace} belongs to. */
export interface PacketFaceSession {
  readonly id: string
  /** 3: clients 1.x and 2.x (Socket.IO protocol 4), 4: clients 3.x and 4.x (protocol 5). */
  readonly protocol: 3 | 4
  /** Whether the application also has a 'data' listener, which then answers connects. */
  readonly raw: boolean
  /** Sends a message to the client. */
  write (data: string | Buffer, options: SendOptions): void
  /** Emits 'packet'. */
  emit (packet: Packet): void
  /** Ends the session when everything that was written has been sent. */
  close (): void
}

const DIGITS = /^\d+$/

/** Splits `/chat?token=9`: the clients 1.x and 2.x connect an endpoint with a query in this form. */
function splitQuery (nsp: string): { endpoint: string, query?: string } {
  const at = nsp.indexOf('?')
  return at < 0 ? { endpoint: toEndpoint(nsp) } : { endpoint: toEndpoint(nsp.slice(0, at)), query: nsp.slice(at) }
}

/** @throws ProtocolError when the id cannot be sent back: the official parser reads any number of digits, and custom parsers any value. */
function textOf (id: number): string {
  if (!Number.isSafeInteger(id) || id < 0) throw new ProtocolError('the id is not a whole number below 2^53')
  return String(id)
}

/** Returns the members for a packet that asks for an acknowledgement. In Engine.IO there are no automatic ones, so `ack` is always 'data'. */
const toAckRequest = ({ id }: SocketioPacket): { id?: string, ack?: 'data' } => id === undefined ? {} : { id: textOf(id), ack: 'data' }

/** Translates the packets of one session. */
export class PacketFace {
  readonly #session: PacketFaceSession
  readonly #codec: SocketioCodec
  #lastId = -1

  /** @param codec of this session only: it keeps a packet that waits for attachments */
  constructor (session: PacketFaceSession, codec: SocketioCodec) {
    this.#session = session
    this.#codec = codec
  }

  /** Decodes a message of the client and emits its packet. @throws ProtocolError when it is no packet. */
  receive (data: string | Buffer): void {
    const packet = decodeSafely(this.#codec, data)
    if (packet !== undefined) this.#received(packet)
  }

  #received (packet: SocketioPacket): void {
    const { type, nsp, data } = packet
    const endpoint = toEndpoint(nsp)
    switch (type) {
      case PacketType.CONNECT: return this.#connect(nsp, data)
      case PacketType.DISCONNECT: return this.#session.emit({ type: 'disconnect', endpoint })
      case PacketType.EVENT:
      case PacketType.BINARY_EVENT: return this.#session.emit({ ...toMessage(listOf(data)), endpoint, ...toAckRequest(packet) })
      case PacketType.ACK:
      case PacketType.BINARY_ACK:
        if (packet.id === undefined) throw new ProtocolError('the acknowledgement has no id')
        return this.#session.emit({ type: 'ack', endpoint, id: textOf(packet.id), args: data === undefined ? [] : listOf(data) })
      case PacketType.CONNECT_ERROR: return this.#session.emit({ type: 'error', endpoint })
      default: return type satisfies never
    }
  }

  /** Connects the default endpoint, as in revision 1. The application decides about the others. */
  #connect (nsp: string, auth: unknown): void {
    const { endpoint, query } = splitQuery(nsp)
    if (endpoint === '') {
      if (!this.#session.raw) this.connected('')
      return
    }
    this.#session.emit({ type: 'connect', endpoint, ...(query !== undefined && { query }), ...(auth !== undefined && { auth }) })
  }

  /** Sends the client a connect packet. */
  connected (endpoint: string, options: SendOptions = {}): void {
    const sid = this.#session.protocol === 4 && { data: { sid: this.#session.id } } // clients 4.x disconnect without it
    this.#write({ type: PacketType.CONNECT, nsp: toNsp(endpoint), ...sid }, options)
  }

  /** Sends a packet. Returns the id of the acknowledgement that it asks for. @throws ProtocolError when the packet cannot be written. */
  send (packet: OutgoingPacket, options: SendOptions): string | undefined {
    const { type, endpoint = '' } = packet
    if (!/^(?:\/[^,]*)?$/.test(endpoint)) throw new ProtocolError('an endpoint must begin with a slash and cannot contain a comma')
    const nsp = toNsp(endpoint)
    switch (type) {
      case 'connect':
        this.connected(endpoint, options)
        return undefined
      case 'disconnect':
        this.#write({ type: PacketType.DISCONNECT, nsp }, options)
        if (nsp === '/') this.#session.close()
        return undefined
      case 'ack':
        this.#write({ type: PacketType.ACK, nsp, data: packet.args ?? [], id: this.#number(packet.id) }, options)
        return undefined
      case 'error':
        this.#write({ type: PacketType.CONNECT_ERROR, nsp, data: this.#refusal(packet.reason) }, options)
        return undefined
      case 'message':
      case 'json':
      case 'event': {
        if (type === 'event' && isReservedEvent(packet.name)) throw new ProtocolError(`clients refuse events named "${packet.name}"`)
        const data = fromMessage(packet.type === 'event' ? { ...packet, args: packet.args ?? [] } : packet)
        const id = packet.ack === undefined ? undefined : packet.id ?? String(++this.#lastId)
        this.#write({ type: PacketType.EVENT, nsp, data, ...(id !== undefined && { id: this.#number(id) }) }, options)
        return id
      }
      default: return type satisfies never
    }
  }

  /** Sends a refusal of a namespace that was not delivered to the Server. */
  refuse (nsp: string, message: string): void {
    this.#write({ type: PacketType.CONNECT_ERROR, nsp, data: this.#session.protocol === 4 ? { message } : message }, {})
  }

  #number (id: string): number {
    if (!DIGITS.test(id) || !Number.isSafeInteger(Number(id))) throw new ProtocolError('the id must be decimal digits, below 2^53')
    return Number(id)
  }

  #refusal (reason: ErrorReason = 'unauthorized'): unknown {
    return this.#session.protocol === 4 ? { message: reason } : reason
  }

  #write (packet: SocketioPacket, options: SendOptions): void {
    for (const piece of this.#codec.encode(packet)) this.#session.write(piece, options)
  }
}
