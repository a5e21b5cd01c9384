// One connection of a link, at either end: a WebSocket with records, whose silence is noticed, and whose bytes are counted.
import type { FastifyBaseLogger } from 'fastify'
import type { WebSocket } from 'ws'
import { ProtocolError } from '../../codec/packet.js'
import type { MessageReader } from './messages.js'
import { Outgoing } from './outgoing.js'
import { VERSION } from './records.js'
import type { LinkRecord } from './records.js'

/** Time between two pings, ms. */
const TICK = 1000
/** A connection is broken when the other side is silent for this time, or takes no bytes although some wait, ms. */
export const SILENCE = 3000
/** Time for the other side to answer a close frame, ms. */
const CLOSING = 1000

/** Status codes of the WebSocket: why a side ends a link. */
export const CODES = { leaving: 1001, version: 4001, proof: 4002, protocol: 4003, self: 4004 } as const

/** What a side says with the code of its close frame. */
const REASONS: Readonly<Record<number, string>> = {
  [CODES.leaving]: 'the other node leaves',
  [CODES.version]: `the other node does not speak version ${VERSION} of the protocol of links; run the same version of fastify-socketio-transports on all nodes`,
  [CODES.proof]: 'the other node has another secret; give all nodes the same',
  [CODES.protocol]: 'the other node says that this one has broken the protocol of links'
}

/** Why a link has ended. `code`: of the close frame. */
export interface LinkEnd { readonly reason: string, readonly code?: number }

export interface ConnectionInit<In> {
  readonly socket: WebSocket
  readonly reader: MessageReader<In>
  readonly hold: (bytes: number) => boolean
  readonly log: FastifyBaseLogger
  /** May throw ProtocolError. */
  readonly onRecord: (record: In) => void
  /** Called each second while the connection is open. */
  readonly onTick: () => void
  /** Called once. */
  readonly onEnd: (end: LinkEnd) => void
}

export class Connection<In> {
  readonly outgoing: Outgoing
  readonly #init: ConnectionInit<In>
  readonly #socket: WebSocket
  readonly #ticker: NodeJS.Timeout
  #heard = performance.now()
  #ticked = performance.now()
  /** When the ping was sent that has not been answered yet. */
  #pinged: number | undefined
  #rtt: number | undefined
  /** Bytes that waited at the last tick, and when some of them left last. */
  #waited = 0
  #drained = performance.now()
  #unfinished = 0
  #isOver = false

  /** Uses a WebSocket that is open. */
  constructor (init: ConnectionInit<In>) {
    const { socket } = init
    this.#init = init
    this.#socket = socket
    this.outgoing = new Outgoing({
      hold: init.hold,
      write: (message, written) => socket.send(message, () => {
        this.#drained = performance.now()
        written()
      })
    })
    const onHeard = (): void => { this.#heard = performance.now() }
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary))
    socket.on('ping', onHeard)
    socket.on('pong', () => this.#pong())
    socket.on('error', (error) => this.#over({ reason: error.message }))
    socket.on('close', (code) => this.#over({ reason: REASONS[code] ?? `the other side has closed the connection (${code})`, code }))
    this.#ticker = setInterval(() => this.#tick(), TICK).unref()
  }

  /** Round-trip time, ms. */
  get rtt (): number | undefined { return this.#rtt }
  get isOver (): boolean { return this.#isOver }

  send (record: LinkRecord): void { this.outgoing.send(record) }

  /** Ends the connection. With a code, records that wait are sent, and the other side is told why. Otherwise they are lost. */
  end (end: LinkEnd): void {
    if (this.#isOver) return
    const socket = this.#socket
    if (end.code === undefined) socket.terminate()
    else {
      this.outgoing.flush()
      socket.close(end.code)
      setTimeout(() => socket.terminate(), CLOSING).unref()
    }
    this.#over(end)
  }

  #over (end: LinkEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    clearInterval(this.#ticker)
    this.outgoing.close()
    this.#init.hold(-this.#unfinished)
    this.#unfinished = 0
    if (end.code === undefined) this.#socket.terminate()
    this.#init.onEnd(end)
  }

  #receive (data: unknown, isBinary: boolean): void {
    if (this.#isOver) return
    this.#heard = performance.now()
    try {
      if (!isBinary || !Buffer.isBuffer(data)) throw new ProtocolError('a message of text')
      for (const record of this.#init.reader.read(data)) {
        if (!this.#isOver) this.#init.onRecord(record)
      }
      this.#countUnfinished()
    } catch (error) {
      if (!(error instanceof ProtocolError)) this.#init.log.error({ err: error }, 'a record of a link failed; this is a bug of fastify-socketio-transports')
      this.end({ reason: `protocol error: ${error instanceof Error ? error.message : String(error)}`, code: CODES.protocol })
    }
  }

  #countUnfinished (): void {
    const { unfinishedBytes } = this.#init.reader
    if (unfinishedBytes === this.#unfinished || this.#isOver) return
    this.#init.hold(unfinishedBytes - this.#unfinished)
    this.#unfinished = unfinishedBytes
  }

  #pong (): void {
    this.#heard = performance.now()
    if (this.#pinged !== undefined) this.#rtt = this.#heard - this.#pinged
    this.#pinged = undefined
  }

  #tick (): void {
    const now = performance.now()
    const late = now - this.#ticked - TICK
    this.#ticked = now
    if (late > TICK) { // this process stood still: what the other side has sent meanwhile is read after this
      this.#heard += late
      this.#drained += late
    }
    const { waiting } = this.outgoing
    if (this.#waited === 0) this.#drained = now
    this.#waited = waiting
    if (now - this.#heard > SILENCE) return this.end({ reason: `silent for ${SILENCE / 1000} s` })
    if (waiting > 0 && now - this.#drained > SILENCE) return this.end({ reason: `has taken no bytes for ${SILENCE / 1000} s` })
    if (this.#pinged === undefined) {
      this.#pinged = now
      this.#socket.ping()
    }
    this.#init.onTick()
  }
}
