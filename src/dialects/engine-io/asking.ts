// Which of a client's packets ask for an acknowledgement. Knows nothing of Engine.IO, nor why one wants to know.
import { PacketType } from '../../codec/socketio.js'
import type { SocketioCodec } from '../../codec/socketio.js'
import { decodeSafely } from './guard.js'

/** Of the official parser: `2[/NAMESPACE,]ID[…]`, `5ATTACHMENTS-[/NAMESPACE,]ID[…]`. */
const ASKING = /^(?:2|5(\d+)-)(?:\/[^,]*,)?\s*\d/

/** Of one session, from some moment on. */
export class Asking {
  readonly #codec: SocketioCodec | undefined
  /** Attachments of such a packet that are still to come. */
  #attachments = 0

  /** @param codec that of a custom parser */
  constructor (codec: SocketioCodec | undefined) {
    this.#codec = codec
  }

  /** Whether a message asks for an acknowledgement, or is an attachment of one that does. Call with each message. */
  asks (data: string | Buffer): boolean {
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
