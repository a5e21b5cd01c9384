// Lists sessions, page by page, and finds them by the begin of their id, address and user.
import type { Engine } from '../../types/engine.js'
import type { Socket } from '../../types/socket.js'
import type { Handles } from './handles.js'
import type { Shown } from './shown.js'

const PAGE_SIZE = 25

const trafficOf = ({ traffic: { bytesIn, bytesOut } }: Socket): number => bytesIn + bytesOut

/** What sorts sessions, the largest first. Without one, the newest is first. */
const SORTS: Readonly<Record<string, (socket: Socket) => number>> = { queue: ({ bufferedAmount }) => bufferedAmount, traffic: trafficOf, oldest: ({ openedAt }) => -openedAt }

function sorted (sockets: Socket[], sort: string): Socket[] {
  const keyOf = Object.hasOwn(SORTS, sort) ? SORTS[sort] : undefined
  if (keyOf === undefined) return sockets.reverse()
  return sockets.map((socket) => ({ socket, key: keyOf(socket) })).sort((a, b) => b.key - a.key).map(({ socket }) => socket)
}

/** When a session was last seen to have sent more packets than before. */
interface Heard { packets: number, at: number, isExact: boolean }

export class SessionList {
  readonly #engine: Engine
  readonly #handles: Handles
  readonly #shown: Shown
  readonly #heard = new WeakMap<Socket, Heard>()

  constructor (engine: Engine, handles: Handles, shown: Shown) {
    this.#engine = engine
    this.#handles = handles
    this.#shown = shown
  }

  /** One page of the sessions that a query asks for: `dialect`, `transport`, `search`, `sort`, `page` (from 0). */
  page (query: URLSearchParams) {
    const found = sorted(this.#matching(query), query.get('sort') ?? '')
    const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE))
    const page = Math.min(pages - 1, Math.max(0, Math.trunc(Number(query.get('page')) || 0)))
    const rows = found.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE).map((socket) => this.row(socket))
    return { total: this.#engine.sessions.size, found: found.length, page, pages, rows }
  }

  /** What is shown of a session. */
  row (socket: Socket) {
    const { id, dialect, transport: { name: transport, writable }, readyState: state, remoteAddress: address, openedAt, bufferedAmount: queued, traffic } = socket
    return {
      handle: this.#handles.of(socket),
      session: this.#shown.id(id),
      user: this.#shown.user(socket),
      dialect,
      transport,
      holds: writable,
      state,
      address,
      openedAt,
      queued,
      traffic,
      ...this.#silenceOf(socket, traffic.packetsIn)
    }
  }

  /** The time since the last packet, ms, as far as looking from time to time tells: `atLeast` if none has come since the first look. */
  #silenceOf (socket: Socket, packets: number) {
    const now = Date.now()
    const before = this.#heard.get(socket)
    const heard = before === undefined ? { packets, at: now, isExact: false } : before.packets === packets ? before : { packets, at: now, isExact: true }
    this.#heard.set(socket, heard)
    return { silence: now - heard.at, silenceAtLeast: !heard.isExact }
  }

  #matching (query: URLSearchParams): Socket[] {
    const dialect = query.get('dialect') ?? ''
    const transport = query.get('transport') ?? ''
    const search = (query.get('search') ?? '').trim().replace(/…$/, '')
    const words = search.toLowerCase()
    const found: Socket[] = []
    for (const socket of this.#engine.sessions.values()) {
      if (dialect !== '' && socket.dialect !== dialect) continue
      if (transport !== '' && socket.transport.name !== transport) continue
      if (search !== '' && !socket.id.startsWith(search) && !socket.remoteAddress.includes(words) && !this.#shown.user(socket).toLowerCase().includes(words)) continue
      found.push(socket)
    }
    return found
  }
}
