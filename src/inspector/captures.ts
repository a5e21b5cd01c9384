// The sessions whose timelines are open. The channels are subscribed to only while there is one.
import type { Engine } from '../../types/engine.js'
import type { ChannelListener } from '../../types/observation.js'
import type { Socket } from '../../types/socket.js'
import { channels } from '../observation/channels.js'
import { Capture } from './capture.js'
import { Lease } from './lease.js'
import type { Shown } from './shown.js'

/** Timelines at a time. Each page shows one. */
const MOST = 16
/** How long a timeline lasts when its page asks no more. */
const LEASE_MS = 5000

interface Open { readonly capture: Capture, readonly lease: Lease }

export class Captures {
  readonly #engine: Engine
  readonly #shown: Shown
  readonly #open = new Map<Socket, Open>()

  constructor (engine: Engine, shown: Shown) {
    this.#engine = engine
    this.#shown = shown
  }

  /** The timeline of a session, which starts when it is asked for. `undefined`: too many are open. */
  of (socket: Socket): Capture | undefined {
    const { capture, lease } = this.#open.get(socket) ?? this.#make(socket)
    if (!lease.isHeld && this.#open.size >= MOST) return undefined
    lease.renew()
    return capture
  }

  close (): void {
    for (const { lease } of this.#open.values()) lease.end()
  }

  #make (socket: Socket): Open {
    const capture = new Capture(this.#shown)
    const open: Open = { capture, lease: new Lease({ start: () => this.#start(socket, open), stop: () => this.#stop(socket) }, LEASE_MS) }
    return open
  }

  #start (socket: Socket, open: Open): void {
    this.#open.set(socket, open)
    if (this.#open.size > 1) return
    channels.packet.subscribe(this.#onPacket)
    channels.request.subscribe(this.#onRequest)
    channels.move.subscribe(this.#onMove)
    channels.end.subscribe(this.#onEnd)
  }

  #stop (socket: Socket): void {
    this.#open.delete(socket)
    if (this.#open.size > 0) return
    channels.packet.unsubscribe(this.#onPacket)
    channels.request.unsubscribe(this.#onRequest)
    channels.move.unsubscribe(this.#onMove)
    channels.end.unsubscribe(this.#onEnd)
  }

  readonly #of = (engine: Engine, socket: Socket): Capture | undefined => engine === this.#engine ? this.#open.get(socket)?.capture : undefined

  readonly #onPacket: ChannelListener<'fastify-socketio-transports:packet'> = (message) => this.#of(message.engine, message.socket)?.packet(message)
  readonly #onRequest: ChannelListener<'fastify-socketio-transports:request'> = (message) => this.#of(message.engine, message.socket)?.request(message)
  readonly #onMove: ChannelListener<'fastify-socketio-transports:move'> = (message) => this.#of(message.engine, message.socket)?.moved(message)
  readonly #onEnd: ChannelListener<'fastify-socketio-transports:end'> = (message) => this.#of(message.engine, message.socket)?.ended(message)
}
