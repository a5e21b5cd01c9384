// How many sessions there may be, in all and for one address, and whether new ones are accepted. Knows nothing of sessions.
import { isIPv6 } from 'node:net'
import { RefusedRequest } from '../errors.js'
import type { RefusalReason } from '../errors.js'

const GROUPS = 8
const GROUPS_OF_NETWORK = 4

/** What stands between two colons; an IPv4 address at the end is two groups. */
function readGroup (text: string): number[] {
  if (!text.includes('.')) return [parseInt(text, 16)]
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}

const readGroups = (text = ''): number[] => text === '' ? [] : text.split(':').flatMap(readGroup)

/** The network of an IPv6 address: whoever has one has all of its addresses (RFC 6177). Those of IPv4 stand for themselves, however written. */
function networkOf (address: string): string {
  if (!isIPv6(address)) return address
  const [head, tail] = address.replace(/%.*/, '').split('::')
  const [before, after] = [readGroups(head), readGroups(tail)]
  const groups = [...before, ...Array<number>(GROUPS - before.length - after.length).fill(0), ...after]
  const [high = 0, low = 0] = groups.slice(-2)
  const mapped = groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)
  if (mapped) return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  return groups.slice(0, GROUPS_OF_NETWORK).map((group) => group.toString(16)).join(':')
}

/** Hands out slots and takes them back. */
interface Slots {
  /** @throws RefusedRequest when there is none. */
  acquire (address: string): void
  release (address: string): void
}

/**
 * The right to one session.
 *
 *   free ── acquire(): a handshake begins ──► acquired ── commit(): the session opens ──► committed ── release(): the session ends ──► free
 *                                             acquired ── expire(): no session has opened in the turn ──► free
 */
export class SessionSlot {
  readonly #limiter: Slots
  readonly #address: string
  #state: 'free' | 'acquired' | 'committed' = 'free'

  constructor (limiter: Slots, address = '') {
    this.#limiter = limiter
    this.#address = address
  }

  /** @throws RefusedRequest when there is none. */
  acquire (): void { this.#become('acquired') }
  /** Holds the slot for as long as the session lasts. @throws RefusedRequest when the slot has expired and there is no other. */
  commit (): void { this.#become('committed') }
  /** The handshake is over. Releases the slot unless a session has committed it. */
  expire (): void { if (this.#state === 'acquired') this.release() }

  release (): void {
    if (this.#state !== 'free') this.#limiter.release(this.#address)
    this.#state = 'free'
  }

  #become (state: 'acquired' | 'committed'): void {
    if (this.#state === 'free') this.#limiter.acquire(this.#address)
    this.#state = state
  }
}

/** Why no new session is accepted. */
type ClosingReason = Extract<RefusalReason, 'server draining' | 'server closing'>

/** What the handshake returned, with its slot. */
type Admitted<T> = T & { slot: SessionSlot }

/** The slots of one Engine. Each session has one, and each handshake that is under way. */
export class SessionLimiter implements Slots {
  readonly #max: number
  readonly #maxPerAddress: number
  readonly #byNetwork = new Map<string, number>()
  #count = 0
  #closing: ClosingReason | undefined
  /** Slots of this turn of the event loop that no session has committed yet. */
  #pending: SessionSlot[] = []

  constructor (max: number, maxPerAddress: number) {
    this.#max = max
    this.#maxPerAddress = maxPerAddress
  }

  /** Accepts no new sessions from now on. */
  close (reason: ClosingReason): void {
    this.#closing = reason
  }

  /**
   * Acquires a slot, then calls the handshake. The session has to commit the slot in the turn of the event loop in which the handshake is done. After
   * that turn the slot expires. The result is a promise only if that of the handshake is one.
   * @throws RefusedRequest when there is no slot, and when the server has begun to close meanwhile.
   */
  admit <T extends object> (address: string, handshake: () => T | Promise<T>): Admitted<T> | Promise<Admitted<T>> {
    const slot = new SessionSlot(this, address)
    slot.acquire()
    const admitted = (result: T): Admitted<T> => {
      this.#refuse(this.#closing, address)
      if (this.#pending.push(slot) === 1) setImmediate(this.#expire)
      return { ...result, slot }
    }
    const failed = (error: unknown): never => {
      slot.release()
      throw error
    }
    try {
      const result = handshake()
      return result instanceof Promise ? result.then(admitted).catch(failed) : admitted(result)
    } catch (error) {
      return failed(error)
    }
  }

  readonly #expire = (): void => {
    for (const slot of this.#pending) slot.expire()
    this.#pending = []
  }

  /** For a {@link SessionSlot}. @throws RefusedRequest when there is none. */
  acquire (address: string): void {
    this.#refuse(this.#closing ?? this.#shortage(address), address)
    this.#change(address, 1)
  }

  /** For a {@link SessionSlot}. */
  release (address: string): void { this.#change(address, -1) }

  #shortage (address: string): RefusalReason | undefined {
    if (this.#count >= this.#max) return 'too many sessions'
    const own = this.#maxPerAddress === Infinity ? 0 : this.#byNetwork.get(networkOf(address)) ?? 0
    return own >= this.#maxPerAddress ? 'too many sessions of address' : undefined
  }

  #refuse (reason: RefusalReason | undefined, address: string): void {
    if (reason !== undefined) throw new RefusedRequest(reason, 'no more sessions are accepted', { sessions: this.#count, address })
  }

  #change (address: string, by: 1 | -1): void {
    this.#count += by
    if (this.#maxPerAddress === Infinity) return
    const network = networkOf(address)
    const count = (this.#byNetwork.get(network) ?? 0) + by
    if (count === 0) this.#byNetwork.delete(network)
    else this.#byNetwork.set(network, count)
  }
}
