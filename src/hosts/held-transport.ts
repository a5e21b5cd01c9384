// A WebSocket or stream that is open here, for a session of another node. Connects the transport with the node.
import type { HeldStream, Refused, SessionHost, SessionRequest, StreamOwner } from '../../types/cluster.js'
import type { Frame } from '../codec/packet.js'
import type { EndReason, Transport, TransportListener } from '../session/transport.js'
import type { Timer } from '../time/timer-wheel.js'
import type { Hosts } from './hosts.js'

/** Bytes of the client that may be under way to the other node. Above that, nothing more is read from the client. */
const WINDOW = 64 * 1024
/** Time until it is looked again how much the client has read, ms. A transport reports it only if it was full. */
const LOOK_AGAIN = 50

/** What a {@link HeldTransport} is given. */
interface HeldInit {
  hosts: Hosts
  /** Closes the transport in the way of its dialect, because the session does not take it. */
  refuse: (refused: Refused) => void
  /** Stops and continues reading from the client. */
  pause: (isPaused: boolean) => void
}

/**
 * Reports what the transport does to the node with the session, and does what that node says.
 *
 *   start() ──► open ── the client closes it, or it breaks ──► over
 *   open ── close(), refuse(), destroy(), release() ──► closing ── it has closed ──► over
 */
export class HeldTransport implements HeldStream, TransportListener {
  readonly #init: HeldInit
  readonly #timer: Timer
  #transport: Transport | undefined
  #owner: StreamOwner | undefined
  /** Bytes given to the transport, and how many of them have been reported as sent. */
  #given = 0
  #reported = 0
  /** Bytes of the client that the other node has not delivered yet. */
  #undelivered = 0
  #isPaused = false
  #isOver = false

  constructor (init: HeldInit) {
    this.#init = init
    this.#timer = init.hosts.engine.wheel.timer(() => this.#report())
  }

  /** Hands the transport over to the node with the session. The transport has this object as its listener. */
  start (transport: Transport, host: SessionHost, request: SessionRequest): void {
    this.#transport = transport
    this.#init.hosts.hold(this)
    this.#owner = host.open(request, this)
  }

  // ---- from the other node

  send (frames: readonly Frame[]): void {
    if (this.#transport?.open !== true) return
    const bytes = frames.reduce((sum, frame) => sum + Buffer.byteLength(frame), 0)
    this.#given += bytes
    this.#init.hosts.engine.hold(bytes)
    this.#transport.send([...frames])
    this.#report()
  }

  close (farewell?: Frame, reason?: EndReason): void { this.#transport?.close(farewell, reason) }

  destroy (): void { this.#transport?.destroy() }

  refuse (refused: Refused): void { this.#init.refuse(refused) }

  delivered (bytes: number): void {
    this.#undelivered -= bytes
    if (this.#isPaused && this.#undelivered <= WINDOW) this.#pause(false)
  }

  #pause (isPaused: boolean): void {
    this.#isPaused = isPaused
    this.#init.pause(isPaused)
  }

  /** Reports the bytes that have been handed to the operating system since the last report. */
  #report (): void {
    const { bufferedAmount = 0 } = this.#transport ?? {}
    const sent = Math.max(this.#given - this.#reported - bufferedAmount, 0)
    this.#reported += sent
    this.#init.hosts.engine.hold(-sent)
    if (sent > 0) this.#owner?.sent(sent)
    if (this.#reported < this.#given && !this.#isOver) this.#timer.start(LOOK_AGAIN)
  }

  // ---- from the transport

  onFrame (frame: Frame): void {
    this.#undelivered += Buffer.byteLength(frame)
    if (!this.#isPaused && this.#undelivered > WINDOW) this.#pause(true)
    this.#owner?.frame(frame)
  }

  /** The client reads again. After it has been closed, the transport calls this when it is gone. */
  onWritable (): void {
    if (this.#transport?.open === true) this.#report()
    else this.onClose('connection closed')
  }

  onClose (reason: EndReason, cause?: Error): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#timer.stop()
    this.#init.hosts.engine.hold(this.#reported - this.#given)
    this.#owner?.closed(reason, cause?.message)
    this.#init.hosts.over(this)
  }

  onOpen (): void {}
  onIdle (): void {}
  onReturned (): void {}

  /** Closes it, because this node closes. */
  release (): void { this.#transport?.close(undefined, 'server closing') }
}
