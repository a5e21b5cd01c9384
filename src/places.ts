// Places for sessions: how many there are, in all and for one address, and whether anybody is let in. Knows nothing of sessions.
import { isIPv6 } from 'node:net'
import { RefusedRequest } from './errors.js'
import type { RefusalReason } from './errors.js'

const GROUPS_OF_NETWORK = 4

/** The network of an IPv6 address: whoever has one has all of its addresses (RFC 6177). Others stand for themselves. */
function networkOf (address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length - (tail.includes('.') ? 1 : 0)
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after].map((group) => parseInt(group, 16).toString(16))
  return groups.slice(0, GROUPS_OF_NETWORK).join(':')
}

/** One of them: a handshake takes it, and its session keeps it. */
export class Place {
  readonly #change: (by: 1 | -1) => void
  #state: 'free' | 'taken' | 'kept' = 'free'

  constructor (change: (by: 1 | -1) => void) {
    this.#change = change
  }

  take (): void { this.#become('taken') }
  /** For as long as the session lasts. */
  keep (): void { this.#become('kept') }
  leave (): void { this.#become('free') }
  /** The handshake is over: it is free again unless a session has kept it. */
  lapse (): void { if (this.#state === 'taken') this.leave() }

  #become (next: 'free' | 'taken' | 'kept'): void {
    const by = Number(next !== 'free') - Number(this.#state !== 'free')
    this.#state = next
    if (by === 1 || by === -1) this.#change(by)
  }
}

/** Why nobody is let in any more. */
type Farewell = Extract<RefusalReason, 'server draining' | 'server closing'>

/** The places of one Engine. Sessions have one each, and handshakes that are under way. */
export class Places {
  readonly #max: number
  readonly #maxPerAddress: number
  readonly #byNetwork = new Map<string, number>()
  #taken = 0
  #farewell: Farewell | undefined

  constructor (max: number, maxPerAddress: number) {
    this.#max = max
    this.#maxPerAddress = maxPerAddress
  }

  /** Lets nobody in any more. */
  close (farewell: Farewell): void {
    this.#farewell = farewell
  }

  /**
   * Takes a place and lets the handshake go on; it then opens the session in this turn of the event loop, or the place is free
   * again. @throws RefusedRequest when there is none, and when the server has begun to close meanwhile.
   */
  async admit <T> (address: string, handshake: () => Promise<T>): Promise<T & { place: Place }> {
    this.#refuse(this.#farewell ?? this.#shortage(address), address)
    const place = new Place((by) => this.#change(address, by))
    place.take()
    try {
      const admitted = await handshake()
      this.#refuse(this.#farewell, address)
      setImmediate(() => place.lapse())
      return { ...admitted, place }
    } catch (error) {
      place.leave()
      throw error
    }
  }

  #shortage (address: string): RefusalReason | undefined {
    if (this.#taken >= this.#max) return 'too many sessions'
    const own = this.#maxPerAddress === Infinity ? 0 : this.#byNetwork.get(networkOf(address)) ?? 0
    return own >= this.#maxPerAddress ? 'too many sessions of address' : undefined
  }

  #refuse (reason: RefusalReason | undefined, address: string): void {
    if (reason !== undefined) throw new RefusedRequest(reason, 'no place for one more session', { sessions: this.#taken, address })
  }

  #change (address: string, by: 1 | -1): void {
    this.#taken += by
    if (this.#maxPerAddress === Infinity) return
    const network = networkOf(address)
    const count = (this.#byNetwork.get(network) ?? 0) + by
    if (count === 0) this.#byNetwork.delete(network)
    else this.#byNetwork.set(network, count)
  }
}
