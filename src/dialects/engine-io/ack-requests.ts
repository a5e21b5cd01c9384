// Recognises packets of a client that ask for an acknowledgement.
import { PacketType } from '../../codec/socketio.js'
import type { SocketioCodec } from '../../codec/socketio.js'
import { decodeSafely } from './decode.js'

/** The grammar of the official parser: `2[/NAMESPACE,]ID[…]`, `5ATTACHMENTS-[/NAMESPACE,]ID[…]`. */
const ASKING = /^(?:2|5(\d+)-)(?:\/[^,]*,)?\s*\d/

/** For one session. It must see every message from its creation on: attachments follow the packet that they belong to. */
export class AckRequests {
  readonly #codec: SocketioCodec | undefined
  /** Attachments of such a packet that have not come yet. */
  #attachments = 0

  /** @param codec of a custom parser; undefined for the official one */
  constructor (codec: SocketioCodec | undefined) {
    this.#codec = codec
  }

  /** Returns whether a message asks for an acknowledgement, or is an attachment of a packet that does. Must be called with each message. */
  includes (data: string | Buffer): boolean {
    if (this.#codec !== undefined) return this.#asksDecoded(this.#codec, data)
    if (typeof data !== 'string') return this.#attachments > 0 && this.#attachments-- > 0
    const match = ASKING.exec(data)
    this.#attachments = Number(match?.[1] ?? 0)
    return match !== null
  }

  #asksDecoded (codec: SocketioCodec, data: string | Buffer): boolean {
    const packet = decodeSafely(codec, data)
    return packet?.id !== undefined && (packet.type === PacketType.EVENT || packet.type === PacketType.BINARY_EVENT)
  }
}
