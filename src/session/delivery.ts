// Calls the listeners of one session, in order. What a listener throws is logged, and does not reach the caller, which may be a timer or a shutdown.
import type { Packet } from '../codec/packet.js'
import { Inbox } from './inbox.js'
import type { InboxKind } from './inbox.js'
import type { SessionLog } from './session-log.js'
import type { Socket } from './socket.js'

const LISTENER_FAILED = 'a listener of this session failed; what fails next is logged at debug level'
const PACKET_LISTENER_FAILED = 'a listener of "packet" failed: it is called with decoded packets, { type, endpoint, data, … }, not with those of ' +
  'engine.io; what fails next is logged at debug level'

export class Delivery {
  readonly #socket: Socket
  readonly #log: SessionLog
  /** Made when first needed. */
  #inbox: Inbox | undefined

  constructor (socket: Socket, log: SessionLog) {
    this.#socket = socket
    this.#log = log
  }

  /** Emits 'data'. @param isGoodbye whether the official Server disconnects a socket when it reads the message */
  data (data: string | Buffer, isGoodbye: boolean): void {
    if (!isGoodbye && this.#inbox?.empty !== false) this.#socket.emit('data', data)
    else this.#inLine(() => this.#socket.emit('data', data), isGoodbye ? 'goodbye' : 'message')
  }

  /** Calls a function after listeners of the official Server have got all messages delivered so far. */
  after (call: () => void): void { this.#inLine(call, 'end') }

  #inLine (run: () => unknown, kind: InboxKind): void {
    this.#inbox ??= new Inbox()
    this.#inbox.push(() => this.guard(run), kind)
  }

  packet (packet: Packet): void {
    try {
      this.#socket.emit('packet', packet)
    } catch (error) {
      this.#log.once('error', PACKET_LISTENER_FAILED, error)
    }
  }

  /** Calls a listener. */
  guard (call: () => unknown): void {
    try {
      call()
    } catch (error) {
      this.failed(error)
    }
  }

  /** Logs the error of a listener. */
  failed (error: unknown): void { this.#log.once('error', LISTENER_FAILED, error) }
}
