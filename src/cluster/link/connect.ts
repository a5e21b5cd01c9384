// Keeps a link to one address: connects, and connects again when the link has ended.
import { formatAddress } from './address.js'
import { Attempt } from './attempt.js'
import { CODES, SILENCE } from './connection.js'
import type { LinkEnd } from './connection.js'
import type { LinkEdge } from './edge.js'
import { LogOnce } from './once.js'
import type { ConnectOptions, LinkConnector } from './types.js'

/** The first delay before it connects again, and the longest, ms. */
const FIRST_DELAY = 100
const LAST_DELAY = 3000

/** Keeps a link to an address, until it is closed. */
export function connectLink (options: ConnectOptions): LinkConnector {
  return new Connector(options)
}

class Connector implements LinkConnector {
  readonly #options: ConnectOptions
  readonly #once: LogOnce
  #attempt: Attempt | undefined
  #timer: NodeJS.Timeout | undefined
  #delay = FIRST_DELAY
  #upSince = 0
  #isClosed = false

  constructor (options: ConnectOptions) {
    this.#once = new LogOnce(options.host.log)
    this.#options = {
      ...options,
      onUp: (edge) => {
        this.#upSince = performance.now()
        this.#once.forget(formatAddress(options.address))
        options.host.log.info({ node: edge.tag, address: formatAddress(options.address) }, 'link to another node is up')
        options.onUp(edge)
      }
    }
    this.#connect()
  }

  #connect (): void {
    try {
      const attempt: Attempt = this.#attempt = new Attempt(this.#options, (end, edge) => {
        if (this.#attempt === attempt) this.#ended(end, edge, attempt.isSelf)
      })
    } catch (error) { // an address that cannot be one
      this.#ended({ reason: String(error) }, undefined, false)
    }
  }

  #ended ({ reason, code }: LinkEnd, edge: LinkEdge | undefined, isSelf: boolean): void {
    this.#attempt = undefined
    const { address, tag, host: { log }, onDown, onFailed, onSelf } = this.#options
    const context = { address: formatAddress(address), node: edge?.tag ?? tag }
    if (edge !== undefined) {
      if (performance.now() - this.#upSince > SILENCE) this.#delay = FIRST_DELAY
      const text = `link to another node is down: ${reason}`
      if (this.#isClosed || code === CODES.leaving) log.info(context, text)
      else log.warn(context, text)
      onDown(edge, reason)
    } else if (isSelf) {
      this.#isClosed = true
      onSelf?.()
    } else if (!this.#isClosed) {
      this.#once.warn(context, `no link to another node: ${reason}`)
      onFailed?.(reason)
    }
    if (this.#isClosed) return
    this.#timer = setTimeout(() => this.#connect(), this.#delay).unref()
    this.#delay = Math.min(this.#delay * 2, LAST_DELAY)
  }

  close (): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#attempt?.end({ reason: 'this node leaves', code: CODES.leaving })
  }
}
