// Socket.IO packets inside the message text of the official Server, and what in them has a form in revision 1.
// Pure: no clock, no I/O, no Fastify. State: only what a parser keeps between a packet and its attachments.
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

/** What an event, message or JSON value is called on either side. */
export type Message =
  | { type: 'message', data: string }
  | { type: 'json', data: unknown }
  | { type: 'event', name: string, args: unknown[] }

// On the Server's side these mean something else; an event of such a name makes it close the connection.
const RESERVED = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'])

/** Tells whether the official Server refuses events of this name. */
export const isReservedEvent = (name: string): boolean => RESERVED.has(name)

/** Events named `message` are messages in revision 1: text, or one JSON value. What fits neither stays an event. */
export function toMessage (list: readonly unknown[]): Message {
  const [name, ...args] = list
  const [data] = args
  if (name !== 'message' || args.length !== 1 || data === undefined) return { type: 'event', name: String(name), args }
  return typeof data === 'string' ? { type: 'message', data } : { type: 'json', data }
}

/** The argument list of the Server's EVENT for a message of revision 1. */
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
 * The form of binary for clients that know only JSON: `{ "base64": true, "data": "…" }`, which is how engine.io's first
 * clients were handed binary where there was none.
 */
export function withoutBinary (value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isBinary(value)) return { base64: true, data: base64(value) }
  if (Array.isArray(value)) return value.map(withoutBinary)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value // a Date of a custom parser, say
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutBinary(item)]))
}

/** Bounds on the attachments of one packet, none by default: our own Server is trusted. */
export interface AttachmentLimits {
  /** How many; a custom parser has its own bound. */
  readonly maxAttachments?: number
  /** How many bytes they have together. */
  readonly maxPayload?: number
}

/** Reads and writes message text of the official Server, with its own parser or the one given. */
export class SocketioCodec {
  readonly #parser: ParserModule | undefined
  readonly #maxAttachments: number
  readonly #maxBytes: number
  /** Bytes of the attachments that wait for the rest. */
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

  /** Whether packets may hold binary without their type saying so. */
  get custom (): boolean { return this.#parser !== undefined }

  /**
   * The packet that this completes; undefined while attachments are missing. The Server writes a packet and its
   * attachments in one go, so that one decoder serves all connections. @throws AttachmentsTooLargeError, and what the parser throws.
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

  /** One string, or as many pieces as the parser makes. @throws ProtocolError when it is nested too deep. */
  encode (packet: SocketioPacket): (string | Buffer)[] {
    try {
      return this.#encoder.encode(packet as ParserPacket) as (string | Buffer)[]
    } catch (error) {
      throw asProtocolError(error)
    }
  }
}
