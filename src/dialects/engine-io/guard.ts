// Checks a client's Socket.IO packets before they are delivered. The official Server calls listeners without `try`, so an exception that a packet causes
// there would end the process. Knows nothing of Engine.IO.
import { detachBytes } from '../../codec/detach.js'
import { checkMessagePack } from '../../codec/message-pack.js'
import { ProtocolError } from '../../codec/packet.js'
import { checkArguments, checkDepth, checkShape, VALUE_BYTES, weighJson } from '../../codec/shape.js'
import type { ShapeLimits } from '../../codec/shape.js'
import { isReservedEvent, PacketType } from '../../codec/socketio.js'
import type { SocketioCodec } from '../../codec/socketio.js'
import { readHead, TYPES } from '../../codec/socketio-head.js'
import { decodeSafely, listOf } from './decode.js'
import { Holdings } from './holdings.js'
import type { Holder } from './holdings.js'

/** Limits for the packets of a client. */
export interface GuardLimits extends ShapeLimits {
  /** Namespaces of one session, without the default one. */
  readonly maxEndpoints: number
}

/** The session that a {@link Guard} belongs to. */
export interface Guarded extends Holder {
  /** Whether the official Server reads the packets, and holds memory for namespaces and attachments. */
  readonly onServer: boolean
  /** In 3 (clients 1.x and 2.x), the name of a namespace may end with a query. */
  readonly protocol: 3 | 4
  /** Sends the client a refusal of its connect. */
  refuse (nsp: string, message: string): void
}

/** A parser that is not the official one. */
export interface CustomParser {
  /** Of this session only: it may keep a packet that waits for attachments. */
  readonly codec: SocketioCodec
  readonly isMessagePack: boolean
}

/** A text of at most N characters cannot exceed a nesting or a number of arguments of N, and the Server holds no memory for events and acknowledgements. */
const isShort = (data: string, { maxNesting, maxArguments }: ShapeLimits): boolean =>
  (data.startsWith(TYPES.event) || data.startsWith(TYPES.ack)) && data.endsWith(']') && data.length <= Math.min(maxNesting, maxArguments)

/** Returns whether a message of the official parser passes in any case, so that it need not be checked. Most messages do. */
export const isPlain = (data: string, limits: ShapeLimits): boolean => isShort(data, limits) || data === TYPES.connect

/** An event without JSON. The official parser accepts it, and the Server calls `onAny` listeners without a name. */
const NAMELESS = /^(?:2|5\d+-)(?:\/[^,]*,?)?[\d\s]*$/

/** The checks of one session. */
export class Guard {
  readonly #session: Guarded
  readonly #limits: GuardLimits
  readonly #custom: CustomParser | undefined
  readonly #holdings: Holdings
  #isGoodbye = false

  constructor (session: Guarded, limits: GuardLimits, custom: CustomParser | undefined) {
    this.#session = session
    this.#limits = limits
    this.#custom = custom
    this.#holdings = new Holdings(session, limits.maxEndpoints)
  }

  /** Whether the last message disconnects the client from a namespace. */
  get isGoodbye () { return this.#isGoodbye }

  /** Returns the message if it may be delivered, otherwise undefined. @throws ProtocolError when the message must end the session. */
  pass (data: string | Buffer): string | Buffer | undefined {
    this.#isGoodbye = false
    if (this.#custom !== undefined) return this.#passDecoded(data, this.#custom) ? data : undefined
    if (typeof data === 'string') return this.#passText(data) ? data : undefined
    return this.#passAttachment(data)
  }

  /** The Server has sent a packet that disconnects the client from a namespace, or refuses it. */
  disconnected (text: string): void {
    this.#holdings.release(this.#nameOf(readHead(text).nsp))
  }

  #passText (text: string): boolean {
    const { maxNesting, maxArguments } = this.#limits
    const { type, nsp, json, attachments } = readHead(text)
    switch (type) {
      case TYPES.connect:
        checkShape(text, json, maxNesting)
        return this.#connect(nsp, weighJson(text, json))
      case TYPES.disconnect: return this.#disconnect(nsp)
      case TYPES.event:
      case TYPES.binaryEvent:
        if (json === text.length && this.#session.onServer && NAMELESS.test(text)) throw new ProtocolError('the event has no name')
        checkShape(text, json, maxNesting, maxArguments + 1)
        break
      case TYPES.ack:
      case TYPES.binaryAck:
        checkShape(text, json, maxNesting, maxArguments)
        break
      default:
        checkShape(text, json, maxNesting)
        return true
    }
    if (attachments > 0) {
      checkMembers(text, json)
      this.#wait(this.#holdings.wait(attachments, weighJson(text, json)))
    }
    return true
  }

  #passAttachment (data: Buffer): Buffer {
    const own = this.#holdings.awaitsSeveral ? detachBytes(data) : data
    this.#wait(this.#holdings.attach(own.length))
    return own
  }

  #wait (fits: boolean): void {
    if (!fits) throw new ProtocolError('packets that wait for attachments exceed maxTotalQueueBytes')
  }

  #passDecoded (data: string | Buffer, { codec, isMessagePack }: CustomParser): boolean {
    if (isMessagePack && typeof data !== 'string') checkMessagePack(data, this.#limits.maxNesting)
    const packet = decodeSafely(codec, data)
    if (packet === undefined) return true
    checkDepth(packet.data, this.#limits.maxNesting)
    switch (packet.type) {
      case PacketType.CONNECT: return this.#connect(packet.nsp, data.length * VALUE_BYTES)
      case PacketType.DISCONNECT: return this.#disconnect(packet.nsp)
      case PacketType.EVENT:
      case PacketType.BINARY_EVENT: {
        const [name, ...args] = listOf(packet.data)
        if (typeof name !== 'number' && (typeof name !== 'string' || isReservedEvent(name))) throw new ProtocolError('the event has no name, or a reserved name')
        checkArguments(args.length, this.#limits)
        return true
      }
      case PacketType.ACK:
      case PacketType.BINARY_ACK:
        checkArguments(listOf(packet.data).length, this.#limits)
        return true
      case PacketType.CONNECT_ERROR: return true
      default: return packet.type satisfies never
    }
  }

  #nameOf (nsp: string): string {
    return this.#session.protocol === 3 ? nsp.split('?', 1)[0] ?? nsp : nsp
  }

  #disconnect (nsp: string): true {
    this.#holdings.release(this.#nameOf(nsp))
    this.#isGoodbye = true
    return true
  }

  /** Returns whether the connect may be delivered. Otherwise the client has got a refusal. */
  #connect (nsp: string, bytes: number): boolean {
    if (!this.#session.onServer) return true
    if (this.#holdings.connect(this.#nameOf(nsp), bytes)) return true
    this.#session.refuse(nsp, 'too many namespaces')
    return false
  }
}

/** Finds JSON that may have a member named `__proto__`, which may be written with escapes. */
const MAY_BE_PROTO = /__proto__|\\u/

/**
 * The official parser assigns each member again when it inserts attachments. Assigning a member named `__proto__` would change the prototype.
 * @throws ProtocolError when there is one.
 */
function checkMembers (text: string, json: number): void {
  if (!MAY_BE_PROTO.test(text)) return
  parse(text.slice(json), (name, value: unknown) => {
    if (name === '__proto__') throw new ProtocolError('a key of an object is __proto__')
    return value
  })
}

/** Parses JSON only for `reviver`. Invalid JSON is ignored, because the official parser refuses it later. @throws ProtocolError of `reviver`. */
function parse (json: string, reviver: (name: string, value: unknown) => unknown): void {
  try {
    JSON.parse(json, reviver)
  } catch (error) {
    if (error instanceof ProtocolError) throw error
  }
}
