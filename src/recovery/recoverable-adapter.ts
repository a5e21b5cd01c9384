// The adapter of one namespace: its methods are replaced, so that sessions are saved while they live, events have one order on all nodes, and sessions are
// restored without a gap (docs/recovery.md, How it works).
import { canRecover, pidOf } from '../private/recoverable-socket.js'
import type { ServerNamespace, ServerSocket } from '../private/recoverable-socket.js'
import { BROADCAST } from '../private/stream-adapter.js'
import type { EventPacket, Flags, RestoredSession, SavedSession, StreamAdapter, StreamMessage } from '../private/stream-adapter.js'
import { Gap } from './gap.js'
import type { Restoring } from './gap.js'
import { LiveSessions } from './live-sessions.js'
import { isLater, latest } from './offsets.js'
import { StreamOrder } from './stream-order.js'

export interface RecoverableAdapterInit {
  readonly nsp: ServerNamespace
  readonly maxAge: number
  readonly interval: number
  readonly save: (pid: string, write: () => void) => Promise<void>
  readonly remove: (pid: string) => Promise<void>
  /** Called when sessions cannot be saved while they live, because this version of socket.io lacks something. */
  readonly onUnsupported: () => void
}

const ignore = (): void => {}

/** An event that the adapter reads: it adds the offset to the arguments, but not to those of a volatile one. Without it, a client would have the event again. */
function withOffset (message: StreamMessage, offset: string): StreamMessage {
  const { packet, opts } = { ...message.data } as { packet?: EventPacket, opts?: { flags?: Flags } }
  if (packet === undefined || packet.id !== undefined || opts?.flags?.volatile === undefined) return message
  return { ...message, data: { ...message.data, packet: { ...packet, data: [...packet.data, offset] } } }
}

/** The offset of the last event that a client has had when what it has missed is sent again. */
const upToOf = ({ missedPackets }: RestoredSession, offset: string): string => missedPackets.reduce((upTo, args) => latest(String(args.at(-1)), upTo), offset)

/** Replaces methods of an adapter. */
export function makeRecoverable (adapter: StreamAdapter, { nsp, maxAge, interval, save, remove, onUnsupported }: RecoverableAdapterInit): void {
  const persist = adapter.persistSession.bind(adapter)
  const restore = adapter.restoreSession.bind(adapter)
  const hear = adapter.onMessage.bind(adapter)
  const apply = adapter.apply.bind(adapter)
  const close = adapter.close.bind(adapter)

  const gap = new Gap()
  const order = new StreamOrder(adapter, nsp.name, (offset, send) => gap.deliver(offset, send))
  const write = (session: SavedSession): Promise<void> => save(session.pid, () => persist(session))
  const sessions = new LiveSessions({
    nsp,
    maxAge,
    interval,
    remove,
    save: write,
    roomsOf: (sid) => adapter.sids.get(sid),
    mark: (onRead) => order.mark(onRead),
    onTick () {
      order.expire()
      gap.expire()
    }
  })

  let isUnsupported = false

  /** Ends the socket of a session that has another one now. */
  function replace (sid: string): void {
    sessions.forget(sid)
    nsp.sockets.get(sid)?.disconnect()
  }

  /** Another node has restored a session, and has it from now on. */
  function onClaim (sid: string, offset: string): void {
    const restoring = gap.of(sid)
    if (restoring !== undefined) restoring.rival = offset
    else if (sessions.lose(sid, offset)) replace(sid)
  }

  async function restoreOnce (restoring: Restoring, offset: string): Promise<RestoredSession | null> {
    const session = await restore(restoring.pid, offset)
    if (session === null) return null
    const { sid, pid, rooms, data } = session
    replace(sid)
    gap.name(restoring, sid)
    restoring.upTo = upToOf(session, offset)
    restoring.claimedAt = await order.publish({ claim: sid })
    // Reading it has removed it. This node may be killed before its client is connected.
    await write({ sid, pid, rooms, data })
    return session
  }

  function onConnect (socket: ServerSocket): void {
    const pid = pidOf(socket)
    const restoring = gap.of(socket.id)
    if (!canRecover(socket)) return
    if (pid === undefined) {
      isUnsupported = true
      return onUnsupported()
    }
    if (!socket.recovered) return sessions.add(socket, pid)
    // It was given up, so events may be missing. The client connects again, and asks for them.
    if (restoring?.claimedAt === undefined) {
      socket.conn.close()
      return
    }
    const { claimedAt, rival } = restoring
    gap.finish(restoring, socket, adapter.sids.get(socket.id) ?? new Set(), order.position)
    if (rival !== undefined && isLater(rival, claimedAt)) socket.disconnect()
    else sessions.add(socket, pid, claimedAt)
  }

  adapter.broadcast = (packet, receivers) => order.broadcast(packet, receivers)
  adapter.apply = (receivers, callback) => gap.apply(receivers, callback, apply)
  adapter.onMessage = (message, offset) => {
    if (offset === undefined) return hear(message)
    order.read(message, offset)
    if (message.uid === adapter.uid) return
    const claim = message.data?.claim
    if (typeof claim === 'string') onClaim(claim, offset)
    else if (message.type === BROADCAST) gap.deliver(offset, () => hear(withOffset(message, offset), offset))
    else hear(message, offset)
  }
  adapter.persistSession = (session) => {
    if (sessions.has(session.sid)) sessions.end(session)
    else if (isUnsupported) write(session).catch(ignore)
  }
  adapter.restoreSession = async (pid, offset) => {
    const restoring = gap.begin(pid, offset)
    if (restoring === undefined) return null
    const session = await restoreOnce(restoring, offset).catch(() => null)
    if (session === null) gap.end(restoring)
    return session
  }
  adapter.close = async () => {
    order.stop()
    await sessions.stop()
    await close()
  }

  adapter.on('join-room', (_room, sid) => sessions.change(sid))
  adapter.on('leave-room', (room, sid) => {
    sessions.change(sid)
    if (room !== sid) return
    // Its socket has ended, or never was connected.
    gap.forget(sid)
    const restoring = gap.of(sid)
    if (restoring !== undefined && !nsp.sockets.has(sid)) gap.end(restoring)
  })
  nsp.on('connect', onConnect)
  order.start()
  sessions.start()
}
