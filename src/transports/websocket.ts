// websocket and flashsocket: one packet a text message. flashsocket is WebSocket with another name.
// ws does the framing.
import type { Writable } from 'node:stream'
import type { WebSocket } from 'ws'
import type { Frame } from '../codec/packet.js'
import { canWriteFrames } from '../private/ws-frames.js'
import type { Timer, TimerWheel } from '../time/timer-wheel.js'
import type { EndReason, Transport, TransportListener, TransportName } from '../session/transport.js'
import { HIGH_WATER_MARK } from './high-water-mark.js'
import { CLOSE_CODES, isFrameError, reasonOf } from './websocket-reasons.js'
import { toPieces } from './websocket-frame.js'
import type { Pieces } from './websocket-frame.js'

type Connection = Writable & { resetAndDestroy (): unknown }

const terminate = (socket: WebSocket): void => socket.terminate()

/** What a {@link WebSocketTransport} is given. */
export interface WebSocketInit {
  name: TransportName
  listener: TransportListener
  socket: WebSocket
  /** The connection of the WebSocket; undefined if it is not known (`injectWS`). */
  connection: Connection | undefined
  wheel: TimerWheel
  /** How long the client may take to answer a close frame, ms; a client that has disconnected must not delay a shutdown. */
  farewellTimeout: number
  /** Resets a TCP connection, which also discards its unsent data. Destroys any other connection. */
  reset: (connection: Connection) => void
  /** Logs an error of the WebSocket, which is then ended; undefined if other code does both. */
  log: FailureLog | undefined
  /** Translates messages for a client that encodes frames differently. */
  translation?: Translation
}

/** Translates between frames and the messages of such a client. */
export interface Translation {
  encode (frame: Frame): Frame
  decode (text: string): string
}

/** The part of a logger that is used. */
type FailureLog = Record<'debug' | 'error', (details: object, message: string) => void>

/** The transport of a WebSocket. With this property all WebSockets share three listeners, which saves memory when very many are idle. */
const TRANSPORT: unique symbol = Symbol('fastify-socketio-transports.transport')

type TrackedWebSocket = WebSocket & { [TRANSPORT]?: WebSocketTransport }

/** With the default options of ws, messages are Buffers. */
function onMessage (this: TrackedWebSocket, data: unknown, isBinary: boolean): void { this[TRANSPORT]?.received(data as Buffer, isBinary) }
function onError (this: TrackedWebSocket, error: Error): void { this[TRANSPORT]?.failed(error) }
function onClose (this: TrackedWebSocket): void { this[TRANSPORT]?.gone() }

/**
 * One WebSocket.
 *
 *   open ── send() beyond the high-water mark ──► full ── written ──► open
 *   open, full ── close(): a close frame is sent, and frames of the client are still reported ──► closed ── gone(), or farewellTimeout ──► gone
 *   open, full ── gone(): the client has closed it, or it broke ──► gone
 */
export class WebSocketTransport implements Transport {
  readonly name: TransportName
  readonly persistent = true
  readonly endsUnnoticed = false
  readonly delivering = false
  readonly polls = undefined
  readonly #socket: WebSocket
  readonly connection: Connection | undefined
  /** The connection to which frames are written. Undefined if ws must write them: with extensions, or if we cannot (private/ws-frames.ts). */
  readonly #writer: Connection | undefined
  readonly #translation: Translation | undefined
  readonly #reset: WebSocketInit['reset']
  readonly #log: FailureLog | undefined
  readonly #wheel: TimerWheel
  readonly #farewellTimeout: number
  #listener: TransportListener
  #grace: Timer | undefined
  #full = false
  #closed = false
  #gone = false
  #error: Error | undefined

  constructor ({ name, listener, socket, connection, wheel, farewellTimeout, reset, log, translation }: WebSocketInit) {
    this.name = name
    this.#socket = socket
    this.connection = connection
    this.#writer = connection !== undefined && socket.extensions === '' && canWriteFrames(connection) ? connection : undefined
    this.#translation = translation
    this.#reset = reset
    this.#log = log
    this.#wheel = wheel
    this.#farewellTimeout = farewellTimeout
    this.#listener = listener
    const tracked: TrackedWebSocket = socket
    tracked[TRANSPORT] = this
    tracked.on('message', onMessage)
    tracked.on('error', onError)
    tracked.on('close', onClose)
  }

  get open () { return !this.#closed && this.#socket.readyState === this.#socket.OPEN }
  get writable () { return this.open && !this.#full }
  get bufferedAmount () { return this.#gone ? 0 : this.#writer?.writableLength ?? this.#socket.bufferedAmount }
  get unreadBytes () { return this.bufferedAmount }
  get incoming () { return this.#gone ? 'over' : 'here' }

  /** Replaces the listener. */
  handOver (listener: TransportListener): void {
    this.#listener = listener
  }

  send (frames: Frame[]): void {
    const writer = this.#writer
    const translation = this.#translation
    const several = frames.length > 1
    if (several) writer?.cork() // one write for all of them
    for (const frame of frames) {
      const encoded = translation === undefined ? frame : translation.encode(frame)
      if (writer === undefined) this.#socket.send(encoded, this.#onFlushed)
      else this.#write(writer, toPieces(encoded))
    }
    if (several) writer?.uncork()
    if (writer === undefined) this.#full = this.#socket.bufferedAmount > HIGH_WATER_MARK
  }

  #write (connection: Writable, { head, payload, size }: Pieces): void {
    // Only a write that may exceed the mark has a callback, because a callback costs a tick.
    const mayFill = connection.writableLength + size > HIGH_WATER_MARK
    const flushed = mayFill ? this.#onFlushed : undefined
    if (payload === undefined) {
      connection.write(head, 'latin1', flushed)
    } else {
      connection.cork()
      connection.write(head, 'latin1')
      connection.write(payload, flushed)
      connection.uncork()
    }
    if (mayFill) this.#full = connection.writableLength > HIGH_WATER_MARK
  }

  #decode (text: string): string {
    return this.#translation === undefined ? text : this.#translation.decode(text)
  }

  /** Created for each use: most connections are never full. */
  get #onFlushed () { return () => this.#flushed() }

  #flushed (): void {
    if (!this.#full || this.bufferedAmount > HIGH_WATER_MARK) return
    this.#full = false
    if (!this.#closed) this.#listener.onWritable()
  }

  /** Stops reading from the client, or continues. */
  pause (isPaused: boolean): void {
    if (isPaused) this.#socket.pause()
    else this.#socket.resume()
  }

  // ---- events of the WebSocket

  received (data: Buffer, isBinary: boolean): void {
    this.#listener.onFrame(isBinary ? data : this.#decode(data.toString()), this.#translation === undefined ? data.length : undefined)
  }

  failed (error: Error): void {
    this.#error = error
    if (this.#log === undefined) return
    // An error that the client caused is the reason of its session's end, and is logged there. Any other error is a bug.
    this.#log[isFrameError(error) ? 'debug' : 'error']({ err: error }, 'websocket failed')
    this.#socket.terminate()
  }

  gone (): void {
    this.#grace?.stop()
    this.#gone = true
    if (this.#closed) return this.#listener.onWritable()
    this.#closed = true
    this.#listener.onClose(reasonOf(this.#error), this.#error)
  }

  close (farewell?: Frame, reason?: EndReason): void {
    if (this.#closed) return
    if (farewell !== undefined && this.open) this.#socket.send(farewell)
    this.#closed = true
    this.#grace = this.#wheel.timer(terminate, this.#socket)
    this.#grace.start(this.#farewellTimeout)
    const code = reason && CLOSE_CODES[reason]
    if (code === undefined) this.#socket.close()
    else this.#socket.close(code, reason)
  }

  destroy (): void {
    this.#gone = true // its memory is released with the connection
    if (this.connection !== undefined) this.#reset(this.connection)
    this.#socket.terminate()
  }
}
