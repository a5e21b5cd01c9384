// The sessions of one namespace that live on this node, and what of them is saved. A session is saved when it begins, when its rooms or its data change, and before
// what is saved expires; it is removed when it ends in a way after which its client must begin anew.
import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ServerNamespace, ServerSocket } from '../private/recoverable-socket.js'
import type { SavedSession } from '../private/stream-adapter.js'
import { isLater } from './offsets.js'

/** Sessions that are looked at in one turn of the event loop. */
const IN_ONE_TURN = 500
/** Ends that wait to be saved, while Redis does not answer. */
const MOST_ENDED = 10_000
/** A session is saved again after a quarter to a third of the time for which it is kept. */
const renewal = (maxAge: number): number => maxAge * (0.25 + Math.random() / 12)

const ignore = (): void => {}

const NEVER_SAVED = -1

interface Tracked {
  readonly pid: string
  /** The offset at which this node has claimed the session from another one. */
  readonly claimedAt: string | undefined
  renewAt: number
  /** Tells whether the data has changed. */
  print: string
  /** Its last state, if its socket has ended and its client may recover. */
  ended?: SavedSession
}

export interface LiveSessionsInit {
  readonly nsp: ServerNamespace
  readonly roomsOf: (sid: string) => ReadonlySet<string> | undefined
  /** How long a saved session is kept, ms. */
  readonly maxAge: number
  /** How often data is compared, ms. */
  readonly interval: number
  readonly save: (session: SavedSession) => Promise<void>
  readonly remove: (pid: string) => Promise<void>
  /** Calls back when everything in the stream has been read, with `undefined` if that fails. */
  readonly mark: (onRead: (offset?: string) => void) => void
  /** Called in each interval. */
  readonly onTick: () => void
}

function printOf (data: unknown): string {
  try {
    return createHash('sha1').update(JSON.stringify(data) ?? '').digest('base64')
  } catch {
    // It cannot be saved either.
    return ''
  }
}

export class LiveSessions {
  readonly #init: LiveSessionsInit
  readonly #tracked = new Map<string, Tracked>()
  #changed = new Set<string>()
  #isScheduled = false
  #timer: NodeJS.Timeout | undefined

  constructor (init: LiveSessionsInit) {
    this.#init = init
  }

  start (): void {
    const { interval } = this.#init
    this.#timer = setTimeout(() => { this.#tick().finally(() => this.#timer === undefined || this.start()) }, interval * (0.8 + Math.random() * 0.4)).unref()
  }

  /** Saves what is not saved, at once: nothing will be read from the stream any more. */
  async stop (): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    await this.#write(this.#takeChanged())
  }

  has (sid: string): boolean {
    return this.#tracked.has(sid)
  }

  /** A session lives on this node from now on. */
  add (socket: ServerSocket, pid: string, claimedAt?: string): void {
    this.#tracked.set(socket.id, { pid, claimedAt, renewAt: claimedAt === undefined ? NEVER_SAVED : 0, print: '' })
    this.change(socket.id)
  }

  /** Rooms of a session have changed, or its socket has ended. */
  change (sid: string): void {
    if (!this.#tracked.has(sid)) return
    this.#changed.add(sid)
    if (this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#flush()
    })
  }

  /** The socket of a session has ended in a way after which its client may recover. */
  end (session: SavedSession): void {
    const tracked = this.#tracked.get(session.sid)
    if (tracked === undefined) return
    tracked.ended = session
    this.change(session.sid)
  }

  /** The session is not this node's any more. */
  forget (sid: string): void {
    this.#tracked.delete(sid)
  }

  /** Another node has claimed a session. Returns whether it was this node's. */
  lose (sid: string, offset: string): boolean {
    const tracked = this.#tracked.get(sid)
    if (tracked === undefined || (tracked.claimedAt !== undefined && !isLater(offset, tracked.claimedAt))) return false
    this.forget(sid)
    return true
  }

  #takeChanged (): Set<string> {
    const changed = this.#changed
    this.#changed = new Set()
    return changed
  }

  /**
   * Saves changed sessions. Another node may have one of them, because this node was stopped for a while. The stream says so, and is read first. A new session
   * is saved at once, before its client can have an event: it is this node's alone.
   */
  #flush (): void {
    const changed = this.#takeChanged()
    const known: string[] = []
    const fresh: string[] = []
    for (const sid of changed) (this.#tracked.get(sid)?.renewAt === NEVER_SAVED ? fresh : known).push(sid)
    this.#write(fresh).catch(ignore)
    if (known.length === 0) return
    this.#init.mark((offset) => {
      if (offset === undefined) this.#keep(known)
      else this.#write(known).catch(ignore)
    })
  }

  /** They are saved with the next ones. */
  #keep (sids: Iterable<string>): void {
    for (const sid of sids) if (this.#tracked.has(sid)) this.#changed.add(sid)
    if (this.#changed.size <= MOST_ENDED) return
    for (const sid of this.#changed) if (this.#tracked.get(sid)?.ended !== undefined) this.forget(sid)
  }

  async #write (sids: Iterable<string>): Promise<void> {
    const writes: Promise<void>[] = []
    let count = 0
    for (const sid of sids) {
      if (++count % IN_ONE_TURN === 0 && this.#timer !== undefined) await nextTurn()
      const tracked = this.#tracked.get(sid)
      if (tracked === undefined) continue
      writes.push(this.#writeOne(sid, tracked).catch(() => this.#keep([sid])))
    }
    await Promise.all(writes)
  }

  async #writeOne (sid: string, tracked: Tracked): Promise<void> {
    const { nsp, roomsOf, save, remove, maxAge } = this.#init
    const { pid, ended } = tracked
    const socket = nsp.sockets.get(sid)
    if (socket === undefined) {
      await (ended === undefined ? remove(pid) : save(ended))
      if (this.#tracked.get(sid) === tracked) this.forget(sid)
      return
    }
    tracked.print = printOf(socket.data)
    tracked.renewAt = performance.now() + renewal(maxAge)
    await save({ sid, pid, rooms: [...roomsOf(sid) ?? []], data: socket.data })
  }

  async #tick (): Promise<void> {
    this.#init.onTick()
    let count = 0
    for (const [sid, tracked] of this.#tracked) {
      if (++count % IN_ONE_TURN === 0) await nextTurn()
      const socket = this.#init.nsp.sockets.get(sid)
      if (socket !== undefined && (performance.now() >= tracked.renewAt || printOf(socket.data) !== tracked.print)) this.#changed.add(sid)
    }
    this.#flush()
  }
}
