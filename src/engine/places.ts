// Places for sessions: how many there are, in all and for one address, and whether anybody is let in. Knows nothing of sessions.
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

/** Where places are had from, and given back. */
interface Desk {
  /** @throws RefusedRequest when there is none. */
  take (address: string): void
  free (address: string): void
}

/** One of them: a handshake takes it, and its session keeps it. */
export class Place {
  readonly #desk: Desk
  readonly #address: string
  #state: 'free' | 'taken' | 'kept' = 'free'

  constructor (desk: Desk, address = '') {
    this.#desk = desk
    this.#address = address
  }

  /** @throws RefusedRequest when there is none. */
  take (): void { this.#become('taken') }
  /** For as long as the session lasts. @throws RefusedRequest when it has lapsed, and there is no other. */
  keep (): void { this.#become('kept') }
  /** The handshake is over: it is free again unless a session has kept it. */
  lapse (): void { if (this.#state === 'taken') this.leave() }

  leave (): void {
    if (this.#state !== 'free') this.#desk.free(this.#address)
    this.#state = 'free'
  }

  #become (state: 'taken' | 'kept'): void {
    if (this.#state === 'free') this.#desk.take(this.#address)
    this.#state = state
  }
}

/** Why nobody is let in any more. */
type Farewell = Extract<RefusalReason, 'server draining' | 'server closing'>

/** What a handshake is handed, and its place. */
type Admitted<T> = T & { place: Place }

/** The places of one Engine. Sessions have one each, and handshakes that are under way. */
export class Places implements Desk {
  readonly #max: number
  readonly #maxPerAddress: number
  readonly #byNetwork = new Map<string, number>()
  #taken = 0
  #farewell: Farewell | undefined
  /** Those of this turn of the event loop that have been let in. */
  #pending: Place[] = []

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
   * again, and the session has to find one as if it came anew. @throws RefusedRequest when there is none, and when the server has begun to
   * close meanwhile.
   */
  async admit <T extends object> (address: string, handshake: () => Promise<T>): Promise<Admitted<T>> {
    return await this.admitNow(address, handshake)
  }

  /** The same, at once unless the handshake takes its time. */
  admitNow <T extends object> (address: string, handshake: () => T | Promise<T>): Admitted<T> | Promise<Admitted<T>> {
    const place = new Place(this, address)
    place.take()
    try {
      const admitted = handshake()
      return admitted instanceof Promise ? this.#later(place, address, admitted) : this.#admitted(place, address, admitted)
    } catch (error) {
      place.leave()
      throw error
    }
  }

  async #later <T extends object> (place: Place, address: string, handshake: Promise<T>): Promise<Admitted<T>> {
    try {
      return this.#admitted(place, address, await handshake)
    } catch (error) {
      place.leave()
      throw error
    }
  }

  #admitted <T extends object> (place: Place, address: string, admitted: T): Admitted<T> {
    this.#refuse(this.#farewell, address)
    if (this.#pending.push(place) === 1) setImmediate(this.#lapse)
    return { ...admitted, place }
  }

  readonly #lapse = (): void => {
    for (const place of this.#pending) place.lapse()
    this.#pending = []
  }

  /** For a {@link Place}. @throws RefusedRequest when there is none. */
  take (address: string): void {
    this.#refuse(this.#farewell ?? this.#shortage(address), address)
    this.#change(address, 1)
  }

  /** For a {@link Place}. */
  free (address: string): void { this.#change(address, -1) }

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
