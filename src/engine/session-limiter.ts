// The limits on the number of sessions, in total and for one address. Also refuses new sessions when the server drains or closes.
import { isIPv6 } from 'node:net'
import { RefusedRequest } from '../errors.js'
import type { RefusalReason } from '../errors.js'

const GROUPS = 8
const GROUPS_OF_NETWORK = 4

/** Reads the text between two colons of an IPv6 address. An IPv4 address at the end is two groups. */
function readGroup (text: string): number[] {
  if (!text.includes('.')) return [parseInt(text, 16)]
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number)
  return [a * 256 + b, c * 256 + d]
}

const readGroups = (text = ''): number[] => text === '' ? [] : text.split(':').flatMap(readGroup)

/**
 * Returns the /64 network of an IPv6 address, because one client may have all addresses of its network (RFC 6177). Returns an IPv4 address as it is,
 * and an IPv4-mapped IPv6 address as IPv4.
 */
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

interface Slots {
  /** @throws RefusedRequest when no slot is free. */
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

  /** @throws RefusedRequest when no slot is free. */
  acquire (): void { this.#become('acquired') }
  /** Holds the slot for as long as the session lasts. @throws RefusedRequest when the slot has expired and no other is free. */
  commit (): void { this.#become('committed') }
  /** Releases the slot unless a session has committed it. Called when the handshake is over. */
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

type ClosingReason = Extract<RefusalReason, 'server draining' | 'server closing'>
type Shortage = Extract<RefusalReason, 'too many sessions' | 'too many sessions of address'>
type LimitReason = ClosingReason | Shortage

/** The result of a handshake, with its slot. */
type Admitted<T> = T & { slot: SessionSlot }

/** The slots of one Engine. Each session and each handshake under way has one. */
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

  /** Refuses all new sessions from now on. */
  close (reason: ClosingReason): void {
    this.#closing = reason
  }

  /**
   * Acquires a slot, then calls the handshake. The session must commit the slot in the turn of the event loop in which the handshake finishes. After
   * that turn the slot expires. Returns a promise only if the handshake does.
   * @throws RefusedRequest when no slot is free, or when the server has begun to close during the handshake.
   */
  admit <T extends object> (address: string, handshake: () => T | Promise<T>): Admitted<T> | Promise<Admitted<T>> {
    const slot = new SessionSlot(this, address)
    slot.acquire()
    const admitted = (result: T): Admitted<T> => {
      this.#refuse(this.#closing, address)
      if (this.#pending.push(slot) === 1) setImmediate(this.#expire)
      return Object.assign(result, { slot })
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

  /** Counts a slot. Called by {@link SessionSlot} only. @throws RefusedRequest when no slot is free. */
  acquire (address: string): void {
    this.#refuse(this.#closing ?? this.#shortage(address), address)
    this.#change(address, 1)
  }

  /** Uncounts a slot. Called by {@link SessionSlot} only. */
  release (address: string): void { this.#change(address, -1) }

  #shortage (address: string): Shortage | undefined {
    if (this.#count >= this.#max) return 'too many sessions'
    const own = this.#maxPerAddress === Infinity ? 0 : this.#byNetwork.get(networkOf(address)) ?? 0
    return own >= this.#maxPerAddress ? 'too many sessions of address' : undefined
  }

  #detailOf (reason: LimitReason): string {
    switch (reason) {
      case 'too many sessions': return `as many sessions as maxSessions (${this.#max}) allows`
      case 'too many sessions of address': return `as many sessions of one address as maxSessionsPerAddress (${this.#maxPerAddress}) allows; behind a proxy, all clients have its address unless trustProxy is set`
      case 'server draining': return 'the server drains: clients must connect to another server'
      case 'server closing': return 'the server closes: clients must connect to another server'
    }
  }

  #refuse (reason: LimitReason | undefined, address: string): void {
    if (reason !== undefined) throw new RefusedRequest(reason, this.#detailOf(reason), { sessions: this.#count, address })
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
