// The face of decoded packets on a session of Engine.IO: Socket.IO packets inside its messages ⇄ the one union of packets.
import type { SendOptions } from '../../../types/socket.js'
import type { ErrorReason, OutgoingPacket, Packet } from '../../codec/packet.js'
import { ProtocolError } from '../../codec/packet.js'
import { fromMessage, isReservedEvent, PacketType, toMessage } from '../../codec/socketio.js'
import type { SocketioCodec, SocketioPacket } from '../../codec/socketio.js'
import { toEndpoint, toNsp } from '../endpoint.js'
import { decodeSafely, listOf } from './decode.js'

/** What the face may do with its session. */
export interface PacketFaceSession {
  readonly id: string
  /** 3: clients 1.x and 2.x (Socket.IO protocol 4), 4: clients 3.x and 4.x (protocol 5). */
  readonly protocol: 3 | 4
  /** Whether somebody else reads and answers the same messages. */
  readonly raw: boolean
  /** To the client. */
  write (data: string | Buffer, options: SendOptions): void
  /** To the application. */
  emit (packet: Packet): void
  /** Ends the session, once what is written has gone out. */
  close (): void
}

const DIGITS = /^\d+$/

/** `/chat?token=9`, as the clients 1.x and 2.x ask for an endpoint with a query. */
function splitQuery (nsp: string): { endpoint: string, query?: string } {
  const at = nsp.indexOf('?')
  return at < 0 ? { endpoint: toEndpoint(nsp) } : { endpoint: toEndpoint(nsp.slice(0, at)), query: nsp.slice(at) }
}

/** @throws ProtocolError when it could not be sent back: parsers read any number of digits, and custom ones any data. */
function textOf (id: number): string {
  if (!Number.isSafeInteger(id) || id < 0) throw new ProtocolError('the id is not a whole number below 2^53')
  return String(id)
}

/** The id of an acknowledgement asked for; handlers acknowledge, nothing does so by itself. */
const toAckRequest = ({ id }: SocketioPacket): { id?: string, ack?: 'data' } => id === undefined ? {} : { id: textOf(id), ack: 'data' }

/** One session's packets. */
export class PacketFace {
  readonly #session: PacketFaceSession
  readonly #codec: SocketioCodec
  #lastId = -1

  /** @param codec this session's own: it keeps what waits for its attachments */
  constructor (session: PacketFaceSession, codec: SocketioCodec) {
    this.#session = session
    this.#codec = codec
  }

  /** One message of the client. @throws ProtocolError when it is no packet. */
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

  /** The default endpoint is connected by us, as in revision 1; the application decides about the others. */
  #connect (nsp: string, auth: unknown): void {
    const { endpoint, query } = splitQuery(nsp)
    if (endpoint === '') {
      if (!this.#session.raw) this.connected('')
      return
    }
    this.#session.emit({ type: 'connect', endpoint, ...(query !== undefined && { query }), ...(auth !== undefined && { auth }) })
  }

  /** Tells the client that the endpoint is connected. */
  connected (endpoint: string, options: SendOptions = {}): void {
    const sid = this.#session.protocol === 4 && { data: { sid: this.#session.id } } // 4.x gives up without
    this.#write({ type: PacketType.CONNECT, nsp: toNsp(endpoint), ...sid }, options)
  }

  /** A packet for the client; returns the id of the acknowledgement it asks for. @throws ProtocolError when it has no form. */
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

  /** Tells the client that the Server is not asked for a namespace. */
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
