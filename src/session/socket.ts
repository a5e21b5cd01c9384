// One session: its state, its outgoing queue, its heartbeat, and the only way to end it. Knows no concrete transport and
// no dialect's packets.
import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { SendOptions, Socket as PublicSocket, SocketContext, SocketEvents } from '../../types/socket.js'
import { Backpressure } from './backpressure.js'
import { ProtocolError } from '../codec/packet.js'
import type { Frame, OutgoingPacket, Packet } from '../codec/packet.js'
import type { Dialect, DialectSocket } from './dialect.js'
import { InvalidPacketError } from '../errors.js'
import { Inbox } from './inbox.js'
import type { InboxKind } from './inbox.js'
import { Liveness } from './liveness.js'
import type { LivenessListener } from './liveness.js'
import { OutgoingQueue } from './outgoing-queue.js'
import { PacketRate } from './packet-rate.js'
import { CLIENT_ENDS, CLOSE_REASONS } from './reasons.js'
import type { EndReason, SessionEnd } from './reasons.js'
import type { SocketInit, SocketShared } from './socket-init.js'
import { NO_TRANSPORT } from './transport.js'
import type { Transport, TransportListener } from './transport.js'

const NO_OPTIONS: SendOptions = {}
const LISTENER_FAILED = 'a listener of this session failed; what fails next is logged at debug level'
const PACKET_LISTENER_FAILED = 'a listener of "packet" failed: it is called with decoded packets, { type, endpoint, data, … }, not with those of ' +
  'engine.io; what fails next is logged at debug level'
/**
 * How much of the queue a transport is handed at a time, bytes. Written as JSON in JSON, it can be seven times as much, which takes some
 * milliseconds; other clients are served between two times.
 */
const PIECE = 512 * 1024
/** How long a client may take to read what was said before its end, ms. */
const LAST_WORDS = 1000

/** One client's connection, whatever transport carries it. */
export class Socket extends EventEmitter<SocketEvents> implements PublicSocket, TransportListener, DialectSocket, LivenessListener {
  readonly id: string
  readonly request: IncomingMessage
  readonly remoteAddress: string
  readonly context: SocketContext
  readonly #dialect: Dialect
  readonly #slot: SocketInit['slot']
  readonly #shared: SocketShared
  readonly #liveness: Liveness
  #readyState: 'opening' | 'open' | 'closing' | 'closed' = 'opening'
  #transport: Transport = NO_TRANSPORT
  /** The transport before this one as long as it delivers: it may still return packets, which go first. */
  #previous: Transport = NO_TRANSPORT
  /** The upgrade that is under way. */
  upgrade: { abandon (reason?: EndReason): void } | undefined
  readonly #queue = new OutgoingQueue()
  /** Made for the first goodbye. */
  #inbox: Inbox | undefined
  /** The 'connection' listeners run: what they send waits for the connect packet. */
  #corked = false
  readonly #backpressure: Backpressure
  readonly #rate: PacketRate | undefined
  /** Something has left at once in this turn of the event loop. */
  #hasFlushed = false
  /** Something has been logged of it that is logged once. */
  #complained = false
  /** The goodbye, as long as what was said before it is on its way. */
  #goodbye: { farewell: Frame, reason: EndReason } | undefined
  /** Why it is to end when nothing waits. */
  #endReason: EndReason | undefined
  /** The application has let go of it: what its client says is not heard any more. */
  #deaf = false
  /** No further request of its client is let in. */
  #isLast = false
  /** Its client has been told to go. */
  #told = false
  /** POSTs under way. */
  #posts = 0
  /** Its goodbye is in the queue: who has read that expects no more. */
  #dismissed = false
  #ended: SessionEnd | undefined

  constructor (init: SocketInit) {
    super()
    this.id = init.id
    this.request = init.request
    this.remoteAddress = init.remoteAddress
    this.context = init.context as SocketContext
    this.#slot = init.slot
    this.#shared = init.shared
    const { wheel, limits: { maxPacketsPerSecond, closeTimeout, handshakeTimeout } } = init.shared
    this.#backpressure = new Backpressure(this.#queue, init.shared, init.handshakeBytes)
    this.#rate = maxPacketsPerSecond === false ? undefined : new PacketRate(maxPacketsPerSecond)
    this.#dialect = init.dialect(this)
    this.#liveness = new Liveness({ wheel, heartbeat: this.#dialect.heartbeat, closeTimeout, listener: this })
    this.#liveness.wait(handshakeTimeout)
  }

  get dialect () { return this.#dialect.name }
  get protocol () { return this.#dialect.protocol }
  get readyState () { return this.#readyState }
  get transport () { return this.#transport }
  get bufferedAmount () { return this.#queue.bytes + this.#transport.bufferedAmount + this.#previous.bufferedAmount }
  get deaf () { return this.#deaf }
  /** Whether its client is being told to go. What that had said by then is still heard, but for what asks for an answer: there is no way for one. */
  get parting () { return this.#readyState === 'closing' && !this.#deaf }
  /** How it ended; undefined until then. */
  get ended () { return this.#ended }

  // ---- what the application calls

  send (packet: OutgoingPacket, options: SendOptions = NO_OPTIONS): string | undefined {
    if (this.#readyState !== 'open') return undefined
    try {
      return this.#dialect.send(packet, options)
    } catch (error) {
      if (error instanceof ProtocolError) throw new InvalidPacketError(packet.type, error.message)
      throw error
    }
  }

  write (data: string | Uint8Array, options: SendOptions = NO_OPTIONS): this {
    if (this.#readyState === 'open') this.#dialect.write(data, options)
    return this
  }

  close (): void {
    if (this.#readyState === 'closing') return
    if (this.#idle || !this.#dialect.flushesOnClose || this.#readyState !== 'open') return this.end('closed by server')
    this.#dwindle()
  }

  dismiss (goodbye: Frame): void {
    if (this.#readyState !== 'open') return
    if (this.#transport.persistent) return this.end('closed by server', goodbye)
    this.#queue.push(goodbye, false)
    this.#dismissed = true
    this.#dwindle()
  }

  /** What is queued may still go out, for closeTimeout at most. */
  #dwindle (): void {
    this.#readyState = 'closing'
    this.#deaf = true
    this.#endReason = 'closed by server'
    this.#liveness.wait(this.#shared.limits.closeTimeout)
    this.onWritable()
  }

  // ---- what the engine and the routes call

  /** Ends the session as soon as nothing waits and the client can be told. Until then it goes on as ever. */
  endWhenIdle (reason: EndReason): void {
    if (this.#told) return
    this.#endReason = reason
    if (this.#readyState === 'opening') this.end(reason)
    else if (this.#idle) this.#part(reason)
  }

  /** The same without further requests: who holds nothing open cannot be told, and the time for the others runs. */
  endWithFarewell (reason: EndReason): void {
    if (this.#told && reason === 'server draining') return // its POSTs have their time
    this.#endReason = reason
    this.#isLast = true
    if (this.#readyState === 'opening') return this.end(reason)
    if (this.#told) return this.#checkSilence()
    if (this.#idle || !(this.#transport.persistent || this.upgrade !== undefined)) return this.#part(reason)
    this.#readyState = 'closing'
    this.#liveness.wait(this.#shared.limits.farewellTimeout)
  }

  /** Tells the client to go, and hears what is on its way. */
  #part (reason: EndReason): void {
    if (this.#deaf) return this.end(reason)
    if (this.#readyState === 'open') this.#liveness.wait(this.#shared.limits.farewellTimeout)
    this.#readyState = 'closing'
    this.#told = true
    this.upgrade?.abandon(reason)
    this.#transport.close(this.#dialect.farewell(this.#transport, reason), reason)
    this.#checkSilence()
  }

  /** Whether anything more is to come of a client that has been told to go. */
  #checkSilence (): void {
    const { incoming } = this.#transport
    if (this.#posts === 0 && (incoming === 'over' || (incoming === 'posts' && this.#isLast))) this.#shared.onSilent(this.id)
  }

  /** A POST of its client is under way, or over. */
  onPost (isOver: boolean): void {
    this.#posts += isOver ? -1 : 1
    if (isOver && this.#told) this.#checkSilence()
  }

  /** The first transport request has come: tells the application, then moves what that led to. */
  open (transport: Transport, emitConnection: () => void): void {
    this.#transport = transport
    this.#readyState = 'open'
    this.#corked = true
    this.#liveness.connected()
    this.#guard(emitConnection)
    this.#dialect.opened()
    this.#corked = false
    this.#resume()
  }

  /** Moves the session to another transport. The older one ends; what is queued goes out on the new one. */
  attach (transport: Transport): void {
    const previous = this.#transport
    this.#transport = transport
    previous.close()
    if (previous.delivering) this.#previous = previous
    else if (!this.#previous.delivering) this.#previous = NO_TRANSPORT
    this.#guard(() => this.emit('upgrade', transport))
    this.#resume()
  }

  #resume (): void {
    if (!this.#transport.open) return
    this.onOpen()
    this.onWritable()
  }

  // ---- the way out

  /** Whether frames may leave now. */
  get #ready (): boolean {
    return this.#transport.writable && !this.#corked && !this.#previous.delivering
  }

  /** Whether nothing waits, and the client knows of the end or holds something open that tells it. */
  get #idle (): boolean {
    if (this.#dismissed) return this.#queue.empty && !this.#transport.delivering && !this.#previous.delivering
    return this.#ready && this.#queue.empty && this.#transport.open
  }

  deliver (data: string | Buffer, isGoodbye: boolean): void {
    if (!isGoodbye && this.#inbox?.empty !== false) this.emit('data', data)
    else this.#inLine(() => this.emit('data', data), isGoodbye ? 'goodbye' : 'message')
  }

  afterDelivered (call: () => void): void { this.#inLine(call, 'end') }

  #inLine (run: () => unknown, kind: InboxKind): void {
    this.#inbox ??= new Inbox()
    this.#inbox.push(() => this.#guard(run), kind)
  }

  emitPacket (packet: Packet): void {
    try {
      this.emit('packet', packet)
    } catch (error) {
      this.#complain('error', PACKET_LISTENER_FAILED, error)
    }
  }

  warn (message: string): void { this.#complain('warn', message) }

  /** What a client, or an application with each of its packets, may cause again and again is in the log once. */
  #complain (level: 'warn' | 'error', message: string, err?: unknown): void {
    this.#shared.log[this.#complained ? 'debug' : level]({ sid: this.id, err }, message)
    this.#complained = true
  }

  keep (bytes: number): boolean {
    return this.#readyState !== 'closed' && this.#backpressure.keep(bytes, this.#transport, this.#previous)
  }

  /** Queues the frame, or sends it when nothing is before it. */
  enqueue (frame: Frame, volatile = false): void {
    if (this.#readyState !== 'open') return
    if (volatile && !this.#backpressure.fits(frame, this.#transport, this.#previous)) return this.#shared.onDropped(1)
    if (this.#queue.empty && this.#ready) this.#sendNow(frame)
    else if (volatile && !this.#transport.open) return this.#shared.onDropped(1)
    else this.#queue.push(frame, volatile)
    if ((this.#queue.empty && this.#transport.writable) || this.#backpressure.hold(this.#transport, this.#previous)) return
    this.giveUp()
  }

  #sendNow (frame: Frame): void {
    this.#transport.send([frame])
    if (this.#hasFlushed) return
    this.#hasFlushed = true
    this.#shared.flushes.add(this)
  }

  /** The turn is over in which something has left at once. */
  flushed (): void {
    if (this.#hasFlushed && !this.#backpressure.waits) this.#emitDrain()
    else this.#hasFlushed = false
  }

  #emitDrain (): void {
    this.#hasFlushed = false
    if (this.#readyState === 'open' && this.listenerCount('drain') > 0) this.#guard(() => this.emit('drain'))
  }

  enqueueOnce (frame: Frame): void { if (this.#queue.last !== frame) this.enqueue(frame) }

  enqueueFirst (frame: Frame): void {
    if (this.#readyState === 'open' || this.#readyState === 'closing') this.#queue.unshift([frame])
  }

  // ---- what the transport reports

  onFrame (frame: Frame): boolean {
    if (this.#readyState !== 'open' && this.#readyState !== 'closing') return false
    if (this.#rate?.tryConsume() === false) {
      this.end('too many packets', undefined, new Error('the client sent more packets than maxPacketsPerSecond'))
      return false
    }
    if (this.#dialect.heartbeat.onPolls) this.#liveness.extend()
    try {
      if (this.#dialect.receive(frame)) return true
      this.#shared.log.debug({ sid: this.id }, 'packet dropped: it asks for an acknowledgement, which cannot reach the client any more')
      return false
    } catch (error) {
      if (error instanceof ProtocolError) this.#shared.log.debug({ sid: this.id, detail: error.message }, 'packet dropped')
      else this.#complain('error', LISTENER_FAILED, error)
      return true
    }
  }

  onOpen (): void {
    if (this.#readyState === 'open') this.#liveness.onTransportOpen(this.#transport)
  }

  onIdle (): void {
    if (this.#readyState === 'closed') return
    if (this.#readyState === 'open') this.#liveness.idle()
    this.#note() // a poll has been answered
  }

  /** Counts what is held for the client. Returns whether the session goes on. */
  #note (): boolean {
    if (this.#backpressure.note(this.#transport, this.#previous)) return true
    this.giveUp()
    return false
  }

  /** What is held for the client, bytes of memory. */
  get kept (): number { return this.#backpressure.kept }

  shed (): void { this.#backpressure.shed(this.#transport, this.#previous) }

  /** More is held for the client, or for all, than may be. */
  giveUp (): void {
    this.#transport.destroy()
    this.end('slow client', undefined, new Error('more bytes wait for the client than maxQueueBytes or maxTotalQueueBytes allows'))
  }

  onWritable (): void {
    if (this.#readyState === 'closed') return this.#depart()
    if (this.#told) return this.#checkSilence()
    while (this.#ready && !this.#queue.empty) this.#transport.send(this.#queue.take(PIECE))
    // A poll's farewell comes alone: 4.x clients act on it before the packets beside it (docs/engine-io.md).
    if (this.#endReason !== undefined && this.#idle) return this.#part(this.#endReason)
    if (!this.#note()) return
    if (this.#backpressure.checkDrained(this.#transport, this.#previous)) this.#emitDrain()
  }

  onReturned (frames: Frame[]): void {
    if (this.#readyState === 'open' || this.#readyState === 'closing') this.#queue.unshift(frames)
  }

  onClose (reason: EndReason, cause?: Error): void {
    if (this.#readyState === 'closed') return this.#lose()
    this.end(reason, undefined, cause)
  }

  // ---- time

  onHeartbeat (): void { if (this.#readyState === 'open') this.#liveness.onHeartbeat(this.#transport) }

  onDue (): void {
    const { frame } = this.#dialect.heartbeat
    if (frame !== undefined) this.enqueue(frame)
  }

  onDead (): void {
    if (this.parting) return this.#shared.onSilent(this.id)
    if (this.#readyState !== 'closed') return this.end(this.#silence)
    this.#transport.destroy()
    this.#lose()
  }

  /** What it means that the client has let its time run out. */
  get #silence (): EndReason {
    if (this.#readyState === 'opening') return 'handshake timeout'
    if (this.#readyState === 'closing') return 'closed by server'
    return this.#transport.persistent || this.#dialect.heartbeat.onPolls ? 'ping timeout' : 'poll timeout'
  }

  /** The only way a session ends: idempotent, clears the timer, leaves the registry, emits 'close' once. */
  end (reason: EndReason, farewell?: Frame, cause?: Error): void {
    if (this.#readyState === 'closed') return
    const wasOpen = this.#readyState !== 'opening'
    const details = this.#ended = cause === undefined ? { reason } : { reason, cause }
    this.#readyState = 'closed'
    this.#liveness.stop()
    this.upgrade?.abandon(reason)
    this.#slot.release()
    this.#shared.onEnd(this.id, reason, wasOpen)
    // What was said before the goodbye goes before it, as long as there is an open way; without one it is dropped.
    if (farewell !== undefined && !this.#queue.empty && this.#transport.persistent && this.#transport.open) {
      this.#goodbye = { farewell, reason }
      this.#liveness.wait(LAST_WORDS)
    } else {
      this.#queue.take()
      this.#transport.close(farewell ?? this.#dialect.farewell(this.#transport, reason), reason)
    }
    this.#depart()
    this.#shared.log.debug({ sid: this.id, reason, err: cause }, 'session ended')
    if (!wasOpen) return
    const emitClose = (): void => this.#guard(() => this.emit('close', CLOSE_REASONS[reason], details))
    // The Server that disconnects a client is to finish first: it calls this 'server namespace disconnect'.
    if (reason === 'closed by server' && farewell !== undefined) process.nextTick(emitClose)
    // The Server that hears of a client's end lets go of what that one has just said.
    else if (this.#dialect.onServer && CLIENT_ENDS.has(reason)) this.afterDelivered(emitClose)
    else emitClose()
  }

  /** The session is over. What was said before its goodbye is still to go. */
  #depart (): void {
    if (this.#goodbye !== undefined) {
      while (this.#transport.writable && !this.#queue.empty) this.#transport.send(this.#queue.take(PIECE))
      if (this.#queue.empty) {
        const { farewell, reason } = this.#goodbye
        this.#goodbye = undefined
        this.#liveness.stop()
        this.#transport.close(farewell, reason)
      }
    }
    this.#backpressure.release(this.#transport, this.#previous)
  }

  /** Nobody reads the last words. */
  #lose (): void {
    this.#goodbye = undefined
    this.#liveness.stop()
    this.#queue.take()
    this.#backpressure.release(this.#transport, this.#previous)
  }

  /** A listener's error is logged: neither this session nor whoever ends it (a timer, a shutdown) is stopped by it. */
  #guard (call: () => unknown): void {
    try {
      call()
    } catch (error) {
      this.#complain('error', LISTENER_FAILED, error)
    }
  }
}
