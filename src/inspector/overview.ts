// What the page shows of the whole server. Made at most once in a second, for all pages together, and only while one asks.
import process from 'node:process'
import type { Engine } from '../../types/engine.js'
import type { InspectorOptions } from '../../types/inspector.js'
import type { ChannelListener } from '../../types/observation.js'
import { channels } from '../observation/channels.js'
import type { Happenings } from './happenings.js'
import { Lease } from './lease.js'
import type { Refusals } from './refusals.js'

/** How long one overview is used. Pages ask each second. */
const FRESH_MS = 900
/** How long happenings are noted when nobody asks any more. */
const LEASE_MS = 10_000

interface OverviewInit {
  readonly engine: Engine
  readonly happenings: Happenings
  readonly refusals: Refusals
  readonly options: InspectorOptions
}

export class Overview {
  readonly #init: OverviewInit
  readonly #lease: Lease
  #made = ''
  #madeAt = -Infinity

  constructor (init: OverviewInit) {
    this.#init = init
    this.#lease = new Lease({
      start: () => {
        channels.open.subscribe(this.#onOpen)
        channels.move.subscribe(this.#onMove)
        channels.end.subscribe(this.#onEnd)
      },
      stop: () => {
        channels.open.unsubscribe(this.#onOpen)
        channels.move.unsubscribe(this.#onMove)
        channels.end.unsubscribe(this.#onEnd)
        init.happenings.clear()
      }
    }, LEASE_MS)
  }

  /** The overview as JSON. */
  get json (): string {
    this.#lease.renew()
    const now = performance.now()
    if (now - this.#madeAt < FRESH_MS) return this.#made
    this.#madeAt = now
    this.#made = JSON.stringify(this.#make())
    return this.#made
  }

  close (): void { this.#lease.end() }

  #make () {
    const { engine, happenings, refusals, options: { cluster, readOnly = false } } = this.#init
    const { histograms, ...metrics } = engine.metrics
    const { rss } = process.memoryUsage()
    return {
      at: Date.now(),
      uptime: process.uptime(),
      rss,
      readOnly,
      draining: engine.draining,
      tag: cluster?.tag ?? '',
      nodes: cluster?.nodes ?? [],
      metrics,
      refusals: refusals.latest,
      happenings: happenings.latest
    }
  }

  readonly #onOpen: ChannelListener<'fastify-socketio-transports:open'> = (message) => { if (message.engine === this.#init.engine) this.#init.happenings.opened(message) }
  readonly #onMove: ChannelListener<'fastify-socketio-transports:move'> = (message) => { if (message.engine === this.#init.engine) this.#init.happenings.moved(message) }
  readonly #onEnd: ChannelListener<'fastify-socketio-transports:end'> = (message) => { if (message.engine === this.#init.engine) this.#init.happenings.ended(message) }
}
