// Events that are read from the stream while a session is being restored. Its missed events are read until the end of the stream at one moment. Its socket receives
// events from a later moment on, and this node may still be reading older ones. So here events are held until the socket is there, and an event is sent
// to it only if its offset is later than that of the last one that it had.
import type { Receiver, Receivers } from '../private/stream-adapter.js'
import { isLater } from './offsets.js'

/** More events than these are not held. A session is given up if its restoration takes longer, ms. Its client connects again and recovers then. */
const MOST_HELD = 10_000
const PATIENCE = 10_000

/** A session that is being restored. */
export interface Restoring {
  readonly pid: string
  readonly at: number
  /** Known when the session has been read. */
  sid?: string
  /** The offset of the last event that its client had or that has been sent to it again. */
  upTo: string
  /** The number of the first event that is held for it. */
  readonly from: number
  /** The offset at which this node has claimed the session, and the latest one at which another node has. */
  claimedAt?: string
  rival?: string
}

interface Held { readonly offset: string, readonly receivers: Receivers, readonly send: (receiver: Receiver) => void }

type Apply = (receivers: Receivers, callback: (receiver: Receiver) => void) => void

function isAmong (rooms: ReadonlySet<string>, { rooms: chosen, except }: Receivers): boolean {
  for (const room of except ?? []) if (rooms.has(room)) return false
  if (chosen.size === 0) return true
  for (const room of chosen) if (rooms.has(room)) return true
  return false
}

/** Records what the adapter would write to a socket. */
function record (callback: (receiver: Receiver) => void): Held['send'] {
  const writes: ((receiver: Receiver) => void)[] = []
  callback({
    id: '',
    client: { writeToEngine: (packets, options) => { writes.push(({ client }) => client.writeToEngine(packets, options)) } },
    notifyOutgoingListeners: (packet) => { writes.push((receiver) => receiver.notifyOutgoingListeners?.(packet)) }
  })
  return (receiver) => { for (const write of writes) write(receiver) }
}

export class Gap {
  readonly #restoring = new Map<string, Restoring>()
  readonly #bySid = new Map<string, Restoring>()
  #held: Held[] = []
  /** The number of the first event that is held. */
  #first = 0
  /** Sockets that have had events which this node has not read yet, and the offset of the last one. */
  readonly #ahead = new Map<string, string>()
  /** The offset of the event that is being sent, until the adapter asks for its receivers. */
  #offset: string | undefined

  /** A session begins to be restored; undefined if it is being restored already. */
  begin (pid: string, offset: string): Restoring | undefined {
    if (this.#restoring.has(pid)) return undefined
    const restoring = { pid, upTo: offset, at: performance.now(), from: this.#first + this.#held.length }
    this.#restoring.set(pid, restoring)
    return restoring
  }

  /** The session has been read. */
  name (restoring: Restoring, sid: string): void {
    restoring.sid = sid
    this.#bySid.set(sid, restoring)
  }

  of (sid: string): Restoring | undefined {
    return this.#bySid.get(sid)
  }

  /** Its restoration is over, whatever the result. */
  end ({ pid, sid }: Restoring): void {
    this.#restoring.delete(pid)
    if (sid !== undefined) this.#bySid.delete(sid)
    this.#drop()
  }

  /** Gives up sessions whose restoration takes too long. */
  expire (): void {
    const now = performance.now()
    for (const restoring of this.#restoring.values()) if (now - restoring.at >= PATIENCE) this.end(restoring)
  }

  /** The socket receives events from now on. Sends those that were held for it. */
  finish (restoring: Restoring, socket: Receiver, rooms: ReadonlySet<string>, position: string | undefined): void {
    let { upTo } = restoring
    for (const { offset, receivers, send } of this.#held) {
      if (!isLater(offset, upTo) || !isAmong(rooms, receivers)) continue
      send(socket)
      upTo = offset
    }
    if (position === undefined || isLater(upTo, position)) this.#ahead.set(socket.id, upTo)
    this.end(restoring)
  }

  /** A socket has ended. */
  forget (sid: string): void {
    this.#ahead.delete(sid)
  }

  /** Sends an event that has been read at an offset. */
  deliver (offset: string, send: () => void): void {
    this.#offset = offset
    try {
      send()
    } finally {
      this.#offset = undefined
    }
    for (const [sid, upTo] of this.#ahead) if (!isLater(upTo, offset)) this.#ahead.delete(sid)
  }

  /** In place of the adapter's `apply`. */
  apply (receivers: Receivers, callback: (receiver: Receiver) => void, apply: Apply): void {
    const offset = this.#offset
    // A listener for outgoing events may send another event.
    this.#offset = undefined
    if (offset === undefined || (this.#restoring.size === 0 && this.#ahead.size === 0)) return apply(receivers, callback)
    if (this.#restoring.size > 0) this.#hold({ offset, receivers, send: record(callback) })
    apply(receivers, (receiver) => {
      const upTo = this.#ahead.get(receiver.id)
      if (upTo === undefined || isLater(offset, upTo)) callback(receiver)
    })
  }

  /** Drops events that are held for nobody. Sessions are in the order in which they began. */
  #drop (): void {
    const [oldest] = this.#restoring.values()
    const count = oldest === undefined ? this.#held.length : oldest.from - this.#first
    if (count === 0) return
    this.#held = this.#held.slice(count)
    this.#first += count
  }

  #hold (held: Held): void {
    if (this.#held.length < MOST_HELD) {
      this.#held.push(held)
      return
    }
    for (const restoring of this.#restoring.values()) this.end(restoring)
  }
}
