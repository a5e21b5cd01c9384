// One session: its state, its timer, and the only way to end it. Knows no concrete transport and no packets of a dialect.
//
//   opening ── open() ──► open ── close(), dismiss() ──────────────► closing (deaf): queued frames are sent, packets of the client are dropped
//      │                   │ ──── endWhenIdle(), endWithFarewell() ► closing (parting): the client is told to leave, its packets are delivered
//      └────── end() ──────┴─────────────── end() ────────────────────────┴──────────────────────────────────────────────────────────────► closed
//
// This file is long, because all of these transitions are in one place.
import type { IncomingMessage } from 'node:http'
import { ProtocolError } from '../codec/packet.js'
import type { Frame, Packet } from '../codec/packet.js'
import { Delivery } from './delivery.js'
import type { Dialect, DialectSession } from './dialect.js'
import { Liveness } from './liveness.js'
import type { LivenessListener } from './liveness.js'
import { Outbox } from './outbox.js'
import type { OutboxListener } from './outbox.js'
import { PacketRate } from './packet-rate.js'
import { CLIENT_ENDS, CLOSE_REASONS } from './reasons.js'
import type { SessionInit, SessionShared } from './session-init.js'
import { SessionLog } from './session-log.js'
import { Socket } from './socket.js'
import { TrafficCounter } from '../observation/traffic.js'
import type { EndReason, SessionEnd, Transport, TransportListener } from './transport.js'

/** Time within which a client must read the frames before the last one, ms. */
const LAST_FRAMES_TIMEOUT = 1000

/** One client's session, from its handshake to its end. */
export class Session implements TransportListener, DialectSession, LivenessListener, OutboxListener {
  /** The interface for the application. */
  readonly socket: Socket
  readonly dialect: Dialect
  readonly traffic = new TrafficCounter()
  readonly #slot: SessionInit['slot']
  readonly #shared: SessionShared
  readonly #liveness: Liveness
  readonly #outbox: Outbox
  readonly #log: SessionLog
  readonly #delivery: Delivery
  readonly #rate: PacketRate | undefined
  #readyState: 'opening' | 'open' | 'closing' | 'closed' = 'opening'
  /** The upgrade that is under way. */
  upgrade: { abandon (reason?: EndReason): void } | undefined
  /** The last frame, as long as frames before it wait. */
  #goodbye: { farewell: Frame, reason: EndReason } | undefined
  /** The reason for which the session ends when nothing waits. */
  #endReason: EndReason | undefined
  /** Whether the application has closed the session: packets of the client are not delivered any more. */
  #isDeaf = false
  /** Whether the server refuses further requests of the client. */
  #isLast = false
  /** Whether the client has been told to leave. */
  #isTold = false
  /** Number of POSTs under way. */
  #posts = 0
  /** Whether the queue ends, or has ended, with the goodbye of {@link dismiss}. The client needs no farewell behind it. */
  #isDismissed = false
  #ended: SessionEnd | undefined

  constructor (init: SessionInit) {
    const { wheel, limits: { maxPacketsPerSecond, closeTimeout, handshakeTimeout } } = init.shared
    this.socket = new Socket(this, init)
    this.#slot = init.slot
    this.#shared = init.shared
    this.#log = new SessionLog(init.shared, this.socket)
    this.#delivery = new Delivery(this.socket, this.#log)
    this.#outbox = new Outbox(this, init.shared, init.handshakeBytes)
    this.#rate = maxPacketsPerSecond === false ? undefined : new PacketRate(maxPacketsPerSecond)
    this.dialect = init.dialect(this)
    this.#liveness = new Liveness({ wheel, heartbeat: this.dialect.heartbeat, closeTimeout, listener: this })
    this.#liveness.wait(handshakeTimeout)
  }

  get id (): string { return this.socket.id }
  get request (): IncomingMessage { return this.socket.request }
  get readyState () { return this.#readyState }
  get transport (): Transport { return this.#outbox.transport }
  get bufferedAmount (): number { return this.#outbox.bufferedAmount }
  get deaf (): boolean { return this.#isDeaf }
  get parting (): boolean { return this.#readyState === 'closing' && !this.#isDeaf }
  /** Reason and cause of the end; undefined until then. */
  get ended (): SessionEnd | undefined { return this.#ended }

  // ---- opening, and moving to another transport

  /** Connects the session by its first transport: emits 'connection', then sends frames that the listeners have queued. */
  open (transport: Transport, emitConnection: () => void): void {
    this.#outbox.attach(transport)
    this.#readyState = 'open'
    this.#outbox.cork(true) // frames of the listeners wait for the connect packet, which `opened` sends
    this.#liveness.connected()
    this.#log.opened()
    this.#shared.observer.opened(this.socket)
    this.#delivery.guard(emitConnection)
    this.dialect.opened()
    this.#outbox.cork(false)
    this.#resume()
  }

  /** Moves the session to another transport. Closes the previous one. Queued frames are sent by the new one. */
  attach (transport: Transport): void {
    const previous = this.#outbox.attach(transport)
    previous.close()
    this.#outbox.waitFor(previous)
    this.#log.moved(previous.name, transport.name)
    this.#shared.observer.moved(this.socket, previous.name, transport.name)
    this.#delivery.guard(() => this.socket.emit('upgrade', transport))
    this.#resume()
  }

  #resume (): void {
    if (!this.transport.open) return
    this.onOpen()
    this.onWritable()
  }

  // ---- from the client

  deliver (data: string | Buffer, isGoodbye: boolean): void { this.#delivery.data(data, isGoodbye) }

  afterDelivered (call: () => void): void { this.#delivery.after(call) }

  warn (message: string): void { this.#log.once('warn', message) }

  listenerCount (event: 'packet' | 'data'): number { return this.socket.listenerCount(event) }

  emitPacket (packet: Packet): void { this.#delivery.packet(packet) }

  /** Counts a POST of the client that begins, or one that is over. */
  onPost (isOver: boolean): void {
    this.#posts += isOver ? -1 : 1
    if (isOver && this.#isTold) this.#checkSilence()
  }

  // ---- to the client

  enqueue (frame: Frame, volatile = false): void { if (this.#readyState === 'open') this.#outbox.push(frame, volatile) }

  enqueueOnce (frame: Frame): void { if (!this.#outbox.endsWith(frame)) this.enqueue(frame) }

  enqueueFirst (frame: Frame): void { this.onReturned([frame]) }

  onDrained (): void {
    if (this.#readyState === 'open' && this.socket.listenerCount('drain') > 0) this.#delivery.guard(() => this.socket.emit('drain'))
  }

  // ---- memory

  keep (bytes: number): boolean { return this.#readyState !== 'closed' && this.#outbox.keep(bytes) }

  /** Bytes of memory that are held for the client. */
  get kept (): number { return this.#outbox.kept }

  shed (): void { this.#outbox.shed() }

  /** Ends the session, because `maxQueueBytes` or `maxTotalQueueBytes` is exceeded. */
  giveUp (): void {
    this.transport.destroy()
    this.end('slow client', undefined, new Error('more bytes wait for the client than maxQueueBytes or maxTotalQueueBytes allows'))
  }

  /** Counts the bytes that are held for the client, and ends the session if they exceed a limit. Returns whether it goes on. */
  #count (): boolean {
    if (this.#outbox.count()) return true
    this.giveUp()
    return false
  }

  // ---- packets, as they are observed

  onReceived (frame: Frame, transport: Transport, bytes?: number): void { this.#shared.observer.packetIn(this, frame, transport, bytes) }
  onSent (frame: Frame, transport: Transport): void { this.#shared.observer.packetOut(this, frame, transport) }

  /** Closes the transport. A farewell is sent only if the client holds something open. */
  #closeTransport (farewell: Frame | undefined, reason: EndReason): void {
    if (farewell !== undefined && this.transport.open) this.onSent(farewell, this.transport)
    this.transport.close(farewell, reason)
  }

  // ---- reports of the transport

  onFrame (frame: Frame, bytes?: number): boolean {
    if (this.#readyState !== 'open' && this.#readyState !== 'closing') return false
    this.onReceived(frame, this.transport, bytes)
    if (this.#rate?.tryConsume() === false) {
      this.end('too many packets', undefined, new Error('the client sent more packets than maxPacketsPerSecond'))
      return false
    }
    if (this.dialect.heartbeat.onPolls) this.#liveness.extend()
    try {
      if (this.dialect.receive(frame)) return true
      this.#log.debug('packet dropped: it asks for an acknowledgement, which cannot reach the client any more')
      return false
    } catch (error) {
      if (error instanceof ProtocolError) this.#log.debug('packet dropped', error.message)
      else this.#delivery.failed(error)
      return true
    }
  }

  onOpen (): void { if (this.#readyState === 'open') this.#liveness.onTransportOpen(this.transport) }

  onIdle (): void {
    if (this.#readyState === 'closed') return
    if (this.#readyState === 'open') this.#liveness.idle()
    this.#count() // the bytes of an answered poll are free
  }

  onWritable (): void {
    if (this.#readyState === 'closed') return this.#sendLastFrames()
    if (this.#isTold) return this.#checkSilence()
    this.#outbox.flush()
    // The farewell is the only packet of an answer: 4.x clients handle it before the packets beside it (docs/engine-io.md).
    if (this.#endReason !== undefined && this.#isIdle) return this.#part(this.#endReason)
    if (this.#count()) this.#outbox.checkDrained()
  }

  onReturned (frames: Frame[]): void {
    if (this.#readyState === 'open' || this.#readyState === 'closing') this.#outbox.unshift(frames)
  }

  onClose (reason: EndReason, cause?: Error): void {
    if (this.#readyState === 'closed') return this.#dropLastFrames()
    this.end(reason, undefined, cause)
  }

  // ---- time

  onHeartbeat (): void { if (this.#readyState === 'open') this.#liveness.onHeartbeat(this.transport) }

  onDue (): void {
    const { frame } = this.dialect.heartbeat
    if (frame !== undefined) this.enqueue(frame)
  }

  onDead (): void {
    if (this.parting) return this.#shared.onSilent(this.id)
    if (this.#readyState !== 'closed') return this.end(this.#timeoutReason)
    this.transport.destroy()
    this.#dropLastFrames()
  }

  get #timeoutReason (): EndReason {
    if (this.#readyState === 'opening') return 'handshake timeout'
    if (this.#readyState === 'closing') return 'closed by server'
    return this.transport.persistent || this.dialect.heartbeat.onPolls ? 'ping timeout' : 'poll timeout'
  }

  // ---- closing by the application

  close (): void {
    if (this.#readyState === 'closing') return
    if (this.#isIdle || !this.dialect.flushesOnClose || this.#readyState !== 'open') return this.end('closed by server')
    this.#flushAndEnd()
  }

  dismiss (goodbye: Frame): void {
    if (this.#readyState !== 'open') return
    if (this.transport.persistent) return this.end('closed by server', goodbye)
    this.#outbox.pushLast(goodbye)
    this.#isDismissed = true
    this.#flushAndEnd()
  }

  /** Sends the queued frames, then ends the session. Ends it after `closeTimeout` in any case. */
  #flushAndEnd (): void {
    this.#readyState = 'closing'
    this.#isDeaf = true
    this.#endReason = 'closed by server'
    this.#liveness.wait(this.#shared.limits.closeTimeout)
    this.onWritable()
  }

  // ---- closing by the server

  /** Ends the session as soon as no frame waits and the client holds something open, so that it can be told to leave. Until then the session goes on. */
  endWhenIdle (reason: EndReason): void {
    if (this.#isTold) return
    this.#endReason = reason
    if (this.#readyState === 'opening') this.end(reason)
    else if (this.#isIdle) this.#part(reason)
  }

  /**
   * Ends the session in at most `farewellTimeout`, for a server that accepts no further requests. A stream or WebSocket sends its queued frames first. A
   * client that holds no poll open cannot be told to leave.
   */
  endWithFarewell (reason: EndReason): void {
    if (this.#isTold && reason === 'server draining') return // farewellTimeout is running
    this.#endReason = reason
    this.#isLast = true
    if (this.#readyState === 'opening') return this.end(reason)
    if (this.#isTold) return this.#checkSilence()
    if (this.#isIdle || !(this.transport.persistent || this.upgrade !== undefined)) return this.#part(reason)
    this.#readyState = 'closing'
    this.#liveness.wait(this.#shared.limits.farewellTimeout)
  }

  /** Whether no frame waits, and the client has got the goodbye or holds something open on which it can be told to leave. */
  get #isIdle (): boolean { return this.#isDismissed ? this.#outbox.delivered : this.#outbox.idle }

  /** Tells the client to leave. Packets that are under way are still delivered. */
  #part (reason: EndReason): void {
    if (this.#isDeaf) return this.end(reason)
    if (this.#readyState === 'open') this.#liveness.wait(this.#shared.limits.farewellTimeout)
    this.#readyState = 'closing'
    this.#isTold = true
    this.upgrade?.abandon(reason)
    this.#closeTransport(this.dialect.farewell(this.transport, reason), reason)
    this.#checkSilence()
  }

  /** Calls `onSilent` if a client that has been told to leave can send no more packets. */
  #checkSilence (): void {
    const { incoming } = this.transport
    if (this.#posts === 0 && (incoming === 'over' || (incoming === 'posts' && this.#isLast))) this.#shared.onSilent(this.id)
  }

  // ---- closed

  /** Ends the session, and is the only way to do so. Idempotent. Stops the timer, removes the session from the registry, emits 'close' once. */
  end (reason: EndReason, farewell?: Frame, cause?: Error): void {
    if (this.#readyState === 'closed') return
    const wasOpen = this.#readyState !== 'opening'
    const details = this.#ended = cause === undefined ? { reason } : { reason, cause }
    this.#readyState = 'closed'
    this.#liveness.stop()
    this.upgrade?.abandon(reason)
    this.#slot.release()
    this.#shared.onEnd(this.id, reason, wasOpen)
    // Queued frames are sent before the last one if a stream or WebSocket is open. Otherwise they are dropped.
    if (farewell !== undefined && !this.#outbox.empty && this.transport.persistent && this.transport.open) {
      this.#goodbye = { farewell, reason }
      this.#liveness.wait(LAST_FRAMES_TIMEOUT)
    } else {
      this.#outbox.drop()
      this.#closeTransport(farewell ?? this.dialect.farewell(this.transport, reason), reason)
    }
    this.#sendLastFrames()
    const seconds = Math.max(Date.now() - this.socket.openedAt, 0) / 1000 // the clock of the machine may have been set
    this.#log.ended(details, seconds, wasOpen)
    if (!wasOpen) return
    this.#shared.observer.ended(this.socket, details, seconds)
    const emitClose = (): void => this.#delivery.guard(() => this.socket.emit('close', CLOSE_REASONS[reason], details))
    // The Server has to finish its own disconnect first, because it reports 'server namespace disconnect' to the application.
    if (reason === 'closed by server' && farewell !== undefined) process.nextTick(emitClose)
    // The Server drops packets of a client after 'close', so they are delivered first.
    else if (this.dialect.onServer && CLIENT_ENDS.has(reason)) this.afterDelivered(emitClose)
    else emitClose()
  }

  /** Sends queued frames and then the last one, after the session has ended. */
  #sendLastFrames (): void {
    if (this.#goodbye !== undefined) {
      this.#outbox.flushLast()
      if (this.#outbox.empty) {
        const { farewell, reason } = this.#goodbye
        this.#goodbye = undefined
        this.#liveness.stop()
        this.#closeTransport(farewell, reason)
      }
    }
    this.#outbox.release()
  }

  /** Drops these frames, because the client does not read them. */
  #dropLastFrames (): void {
    this.#goodbye = undefined
    this.#liveness.stop()
    this.#outbox.drop()
    this.#outbox.release()
  }
}
