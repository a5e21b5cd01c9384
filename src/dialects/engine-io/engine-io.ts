// The dialects Engine.IO 3 and 4: handles heartbeats, the open packet and the default endpoint without the application. The application uses one of two
// faces: message text for the official Server, or decoded packets.
import type { SendOptions } from '../../../types/socket.js'
import { decodePacket, encodeMessage, TYPE } from '../../codec/engine-io.js'
import type { EngineVersion } from '../../codec/engine-io.js'
import { AttachmentsTooLargeError, ProtocolError } from '../../codec/packet.js'
import type { Frame, OutgoingPacket, Packet } from '../../codec/packet.js'
import { SocketioCodec } from '../../codec/socketio.js'
import { TYPES } from '../../codec/socketio-head.js'
import { escapeJson } from '../../codec/text.js'
import type { Dialect, DialectSession } from '../../session/dialect.js'
import { PacketFace } from './packets.js'
import type { PacketFaceSession } from './packets.js'
import type { Transport } from '../../session/transport.js'
import { AckRequests } from './ack-requests.js'
import { Guard, isPlain } from './guard.js'
import type { CustomParser, Guarded } from './guard.js'
import { commonOf } from './shared.js'
import type { Common, EngineIoShared } from './shared.js'

export type { EngineIoShared } from './shared.js'

/** Tells whether the packet disconnects the client from a namespace, or refuses the connect. */
const endsNamespace = (text: string): boolean => text.startsWith(TYPES.disconnect) || text.startsWith(TYPES.connectError)

/** Handles the packets of one session of Engine.IO. */
export class EngineIo implements Dialect, PacketFaceSession, Guarded {
  readonly protocol: EngineVersion
  readonly flushesOnClose = true
  readonly #session: DialectSession
  readonly #shared: EngineIoShared
  readonly #common: Common
  readonly #upgrades: readonly string[]
  /** Created for the first packet that must be checked. */
  #guard: Guard | undefined
  #face: PacketFace | undefined
  /** Created when the session is parting. */
  #requests: AckRequests | undefined

  /** @param upgrades transports to which the client may upgrade */
  constructor (session: DialectSession, shared: EngineIoShared, upgrades: readonly string[]) {
    this.#session = session
    this.#shared = shared
    this.#upgrades = upgrades
    this.#common = commonOf(shared)
    this.protocol = shared.version
  }

  get id () { return this.#session.id }
  get name () { return this.#common.name }
  get heartbeat () { return this.#common.heartbeat }

  /** Whether 'data' has a listener: the official Server, or an application without Socket.IO. */
  get raw (): boolean { return this.#session.listenerCount('data') > 0 }

  get onServer (): boolean { return this.#shared.isSocketio && this.raw }

  get #guarded (): Guard {
    this.#guard ??= new Guard(this, this.#shared, this.#custom())
    return this.#guard
  }

  #custom (): CustomParser | undefined {
    const { parser, isMessagePack } = this.#shared
    return parser && { codec: new SocketioCodec(parser, this.#shared), isMessagePack }
  }

  get #ackRequests (): AckRequests {
    this.#requests ??= new AckRequests(this.#custom()?.codec)
    return this.#requests
  }

  get #packets (): PacketFace {
    this.#face ??= new PacketFace(this, new SocketioCodec(this.#shared.parser, this.#shared))
    return this.#face
  }

  opened (): void {
    // The clients 1.x and 2.x wait for a connect packet of the default endpoint. The clients 3.x and 4.x send one.
    if (this.protocol === 3 && !this.raw) this.#session.enqueueFirst(encodeMessage('0', 3))
    // ASCII, because the server does not know yet how the client encodes text.
    const sid = escapeJson(JSON.stringify(this.id))
    this.#session.enqueueFirst(`${TYPE.open}{"sid":${sid},"upgrades":${JSON.stringify(this.#upgrades)},${this.#common.options}`)
  }

  /** Returns a close packet for polls only. A WebSocket ends without it. */
  farewell ({ persistent }: Transport): Frame | undefined {
    return persistent ? undefined : TYPE.close
  }

  receive (frame: Frame): boolean {
    try {
      return this.#received(frame)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#session.end(error instanceof AttachmentsTooLargeError ? 'payload too large' : 'parse error', undefined, error)
      return true
    }
  }

  #received (frame: Frame): boolean {
    const { type, data } = decodePacket(frame, this.protocol)
    if (this.#session.deaf && type !== 'close') return true
    if (type === 'message') return this.#message(data)
    if (type === 'ping') this.#heartbeat(3)
    else if (type === 'pong') this.#heartbeat(4)
    else if (type === 'close') this.#session.end('client left', TYPE.noop)
    return true
  }

  /** In Engine.IO 3 a client sends pings, in 4 it sends pongs. */
  #heartbeat (version: EngineVersion): void {
    if (version !== this.protocol) return this.#session.end('protocol violation', undefined, new Error('invalid heartbeat direction'))
    if (version === 3) this.#session.enqueueOnce(TYPE.pong)
    this.#session.onHeartbeat()
  }

  #message (said: string | Buffer): boolean {
    const sure = typeof said === 'string' && this.#shared.parser === undefined && isPlain(said, this.#shared)
    const guard = sure ? undefined : this.#guarded
    const data = guard === undefined ? said : guard.pass(said)
    if (data === undefined) return true
    const { raw } = this
    if (this.#session.parting && (!raw || this.#shared.isSocketio) && this.#ackRequests.includes(data)) return false
    if (raw) this.#session.deliver(data, guard?.isGoodbye === true && this.onServer)
    // The packet face also connects the default endpoint when the application has no listener.
    if (!raw || this.#session.listenerCount('packet') > 0) this.#packets.receive(data)
    return true
  }

  // ---- the packet face

  send (packet: OutgoingPacket, options: SendOptions): string | undefined {
    return this.#packets.send(packet, options)
  }

  emit (packet: Packet): void {
    this.#session.emitPacket(packet)
  }

  close (): void {
    this.#session.close()
  }

  // ---- the guard

  keep (bytes: number): boolean { return this.#session.keep(bytes) }

  refuse (nsp: string, message: string): void {
    this.#session.warn(`a namespace was refused: ${message}; see the options maxEndpoints and maxTotalQueueBytes`)
    this.#packets.refuse(nsp, message)
  }

  // ---- the Server's face, and what both use

  write (data: string | Uint8Array, { volatile = false }: SendOptions): void {
    if (this.#guard !== undefined && typeof data === 'string' && endsNamespace(data)) this.#guard.disconnected(data)
    this.#session.enqueue(this.#encode(data), volatile)
  }

  #encode (data: string | Uint8Array): Frame {
    if (typeof data !== 'string') return encodeMessage(data, this.protocol)
    const { last } = this.#shared
    return last.find(data) ?? last.keep(data, encodeMessage(data, this.protocol))
  }
}
