// Socket.IO packets in the message text of the official Server, and their forms in revision 1. Pure. State: only a packet that waits for its attachments.
import { Decoder, Encoder, PacketType } from 'socket.io-parser'
import type { Packet as ParserPacket } from 'socket.io-parser'
import type { ParserModule } from '../../types/options.js'
import { detachFrom } from './detach.js'
import { asProtocolError } from './json.js'
import { AttachmentsTooLargeError } from './packet.js'

/** The types of {@link SocketioPacket}. */
export { PacketType }

/** A packet of Socket.IO protocol 4 and 5. `nsp` is `/` for the default namespace. */
export interface SocketioPacket {
  type: PacketType
  nsp: string
  data?: unknown
  id?: number
}

/** The contents of an event, message or JSON packet of revision 1. */
export type Message =
  | { type: 'message', data: string }
  | { type: 'json', data: unknown }
  | { type: 'event', name: string, args: unknown[] }

// The official Server closes the connection when an event has one of these names.
const RESERVED = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'])

/** Tells whether the official Server refuses events of this name. */
export const isReservedEvent = (name: string): boolean => RESERVED.has(name)

/** Translates an event named `message` into a message (text) or a JSON value of revision 1, if it has exactly one argument. Other events stay events. */
export function toMessage (list: readonly unknown[]): Message {
  const [name, ...args] = list
  const [data] = args
  if (name !== 'message' || args.length !== 1 || data === undefined) return { type: 'event', name: String(name), args }
  return typeof data === 'string' ? { type: 'message', data } : { type: 'json', data }
}

/** Returns the arguments of the Server's EVENT packet. */
export function fromMessage (message: Message): unknown[] {
  return message.type === 'event' ? [message.name, ...message.args] : ['message', message.data]
}

function isBinary (value: object): value is ArrayBuffer | ArrayBufferView {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value)
}

function base64 (value: ArrayBuffer | ArrayBufferView): string {
  const bytes = ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : Buffer.from(value)
  return bytes.toString('base64')
}

/**
 * Replaces binary data for clients that know only JSON by `{ "base64": true, "data": "…" }`, the form that the first version of engine.io used on
 * transports without binary.
 */
export function withoutBinary (value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isBinary(value)) return { base64: true, data: base64(value) }
  if (Array.isArray(value)) return value.map(withoutBinary)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value // a Date of a custom parser, say
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutBinary(item)]))
}

/** Limits for the attachments of one packet. Without limits for packets of the official Server, which is trusted. */
export interface AttachmentLimits {
  /** Their number; a custom parser has its own limit. */
  readonly maxAttachments?: number
  /** Their bytes together. */
  readonly maxPayload?: number
}

/** Decodes and encodes message text of the official Server, with the official parser or a custom one. */
export class SocketioCodec {
  readonly #parser: ParserModule | undefined
  readonly #maxAttachments: number
  readonly #maxBytes: number
  /** Bytes of attachments that wait for the others. */
  #bytes = 0
  readonly #encoder: { encode (packet: ParserPacket): unknown }
  #decoder: { add (data: unknown): void }
  #decoded: SocketioPacket | undefined

  constructor (parser?: ParserModule, { maxAttachments = Infinity, maxPayload = Infinity }: AttachmentLimits = {}) {
    this.#parser = parser
    this.#maxAttachments = maxAttachments
    this.#maxBytes = maxPayload
    this.#encoder = parser === undefined ? new Encoder() : new parser.Encoder()
    this.#decoder = this.#newDecoder()
  }

  #newDecoder (): { add (data: unknown): void } {
    const decoder = this.#parser === undefined ? new Decoder({ maxAttachments: this.#maxAttachments }) : new this.#parser.Decoder()
    decoder.on('decoded', (packet: unknown) => { this.#decoded = packet as SocketioPacket })
    return decoder
  }

  /** Whether the parser is a custom one, so that packets may contain binary data whatever their type. */
  get custom (): boolean { return this.#parser !== undefined }

  /**
   * Returns the packet that this message completes; undefined while attachments are missing. The official Server writes a packet and its attachments without
   * others between, so one decoder is enough for all connections. @throws AttachmentsTooLargeError, and what the parser throws.
   */
  decode (data: string | Uint8Array): SocketioPacket | undefined {
    this.#decoded = undefined
    try {
      this.#weigh(data)
      this.#decoder.add(data)
    } catch (error) {
      this.#decoder = this.#newDecoder()
      this.#bytes = 0
      throw error
    }
    return this.#decode(data)
  }

  #decode (data: string | Uint8Array): SocketioPacket | undefined {
    const decoded = this.#decoded
    if (decoded === undefined) return undefined
    this.#bytes = 0
    if (typeof data === 'string' && typeof decoded.nsp === 'string') decoded.nsp = detachFrom(data, decoded.nsp)
    return decoded
  }

  #weigh (data: string | Uint8Array): void {
    if (typeof data !== 'string') this.#bytes += data.byteLength
    if (this.#bytes > this.#maxBytes) throw new AttachmentsTooLargeError(this.#maxBytes)
  }

  /** Encodes a packet into one string, or into several messages. @throws ProtocolError when it is nested too deep. */
  encode (packet: SocketioPacket): (string | Buffer)[] {
    try {
      return this.#encoder.encode(packet as ParserPacket) as (string | Buffer)[]
    } catch (error) {
      throw asProtocolError(error)
    }
  }
}
