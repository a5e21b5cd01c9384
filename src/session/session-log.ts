// The log lines of one session. All have its id, in the form of the option `logSessionIds`, as `sid`.
import type { SessionEnd } from '../../types/reasons.js'
import { WARNED_ENDS } from './reasons.js'
import type { SessionShared } from './session-init.js'
import type { Socket } from './socket.js'
import type { TransportName } from './transport.js'

/** Longest `detail` in the log, characters. It may contain what the client sent. */
const LONGEST_DETAIL = 350

export class SessionLog {
  readonly #shared: Pick<SessionShared, 'log' | 'showId'>
  readonly #socket: Socket
  /** Whether a warning or error has been logged. Later ones are logged at debug level. */
  #hasLogged = false

  constructor (shared: Pick<SessionShared, 'log' | 'showId'>, socket: Socket) {
    this.#shared = shared
    this.#socket = socket
  }

  get #sid (): string { return this.#shared.showId(this.#socket.id) }

  opened (): void {
    const { dialect, transport: { name: transport }, remoteAddress: address } = this.#socket
    this.#shared.log.info({ sid: this.#sid, dialect, transport, address }, 'session opened')
  }

  moved (from: TransportName, to: TransportName): void {
    this.#shared.log.info({ sid: this.#sid, from, to }, 'session moved')
  }

  /**
   * Logs the end. A line has no stack, because any client can cause it as often as it likes. One that has made only a handshake has had no other line.
   * @param seconds since the handshake
   */
  ended ({ reason, cause }: SessionEnd, seconds: number, wasOpen: boolean): void {
    const level = WARNED_ENDS.has(reason) ? 'warn' : wasOpen ? 'info' : 'debug'
    const detail = cause && { detail: cause.message.slice(0, LONGEST_DETAIL) }
    this.#shared.log[level]({ sid: this.#sid, reason, ...detail, seconds, ...this.#socket.traffic }, 'session ended')
  }

  /** Logs a mistake of the client that has no further effect. */
  debug (message: string, detail?: string): void {
    this.#shared.log.debug({ sid: this.#sid, detail }, message)
  }

  /** Logs the first message at this level, all others at debug level: a client may cause an error with each packet. */
  once (level: 'warn' | 'error', message: string, err?: unknown): void {
    this.#shared.log[this.#hasLogged ? 'debug' : level]({ sid: this.#sid, err }, message)
    this.#hasLogged = true
  }
}
