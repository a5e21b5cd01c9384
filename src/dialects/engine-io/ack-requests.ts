// Recognises packets of a client that ask for an acknowledgement.
import { PacketType } from '../../codec/socketio.js'
import type { SocketioCodec } from '../../codec/socketio.js'
import { decodeSafely } from './decode.js'

/** As the official parser writes them: `2[/NAMESPACE,]ID[…]`, `5ATTACHMENTS-[/NAMESPACE,]ID[…]`. */
const ASKING = /^(?:2|5(\d+)-)(?:\/[^,]*,)?\s*\d/

/** Reads the messages of one session in order, from the moment at which it is created. */
export class AckRequests {
  readonly #codec: SocketioCodec | undefined
  /** How many attachments of such a packet are still to come. */
  #attachments = 0

  /** @param codec that of a custom parser */
  constructor (codec: SocketioCodec | undefined) {
    this.#codec = codec
  }

  /** Whether a message asks for an acknowledgement, or is an attachment of one that does. Call with each message. */
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
