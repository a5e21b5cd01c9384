// Clients that say one numbered thing after the other, each when the one before has been acknowledged, and connect again when they are told or thrown out. Real
// clients of every generation, and raw clients of the transports that these do not have in Node.
import { setTimeout as sleep } from 'node:timers/promises'
import { connectOfficial } from '../kit/official-clients.js'
import type { Generation, Peer } from '../kit/official-clients.js'
import { handshakeAt, Revision1Client } from '../kit/revision-1/client.js'
import type { Revision1Transport } from '../../src/transports/index.js'

export interface Talker {
  readonly name: string
  /** The id of its session now. */
  readonly sid: () => string
  /** What was acknowledged, in order. */
  readonly acked: string[]
  /** How often it has lost its session. */
  losses: number
  /** How long it was without a session each time, up to its next acknowledgement, ms. */
  readonly offline: number[]
  /** When the last thing was acknowledged, ms of `performance.now`. */
  heardAt: number
  stop (): void
}

export interface Pace {
  /** Shortest pause between two things that a client says, ms; the longest is two and a half times as long. */
  readonly pause: number
  /** How long a raw client waits before it connects again, ms. */
  readonly delay: number
  /** How the official clients connect again. Default: theirs. */
  readonly old?: object
  readonly later?: object
}

/** How long an attempt to connect may take, ms. */
const ATTEMPT = 10_000

/**
 * Between two and five seconds, so that a thousand clients are no load test, and reconnections at once. Attempts to connect have long on a busy machine: a client
 * that gives one up begins another one, and makes the machine busier.
 */
const SLOW: Pace = {
  pause: 2000,
  delay: 100,
  old: { 'reconnection delay': 100, 'reconnection limit': 500, 'max reconnection attempts': 100, 'connect timeout': ATTEMPT },
  later: { reconnectionDelay: 100, reconnectionDelayMax: 500, timeout: ATTEMPT }
}

/** What a talker notes. */
class Notes {
  readonly acked: string[] = []
  readonly offline: number[] = []
  losses = 0
  heardAt = 0
  #lostAt: number | undefined

  ack (id: string): void {
    this.acked.push(id)
    this.heardAt = performance.now()
    if (this.#lostAt !== undefined) this.offline.push(this.heardAt - this.#lostAt)
    this.#lostAt = undefined
  }

  lose (): void {
    this.losses++
    this.#lostAt ??= performance.now()
  }
}

/** How many times as long as an acknowledgement took a client is silent at least: where the machine is slow, all say less. */
const TIMES_SILENT = 5

/** @param since when the last thing was said, ms of `performance.now` */
const pauseAfter = ({ pause }: Pace, since: number): number => Math.max(pause * (1 + Math.random() * 1.5), TIMES_SILENT * (performance.now() - since))

interface Old { readonly socket: { readonly sessionid: string, doBuffer: boolean, buffer: { readonly type: string }[] } }
interface Later { readonly io: { readonly engine: { readonly id: string | null } } }

/** What docs/restarts.md advises for the client 0.9, at a disconnect. */
function cleanOld (socket: Old['socket']): void {
  socket.doBuffer = false
  socket.buffer = socket.buffer.filter(({ type }) => type !== 'disconnect')
}

/** The official client. Its own reconnection is left on. */
export function officialTalker (generation: Generation, url: string, transports: readonly string[], name: string, pace = SLOW): Talker {
  const options = generation === 0.9 ? { reconnect: true, ...pace.old } : { reconnection: true, query: {}, ...pace.later }
  const peer: Peer = connectOfficial(generation, url, transports, options)
  let count = 0
  let isStopped = false
  const talker = Object.assign(new Notes(), {
    name: `${name}: ${generation} over ${transports.join(', ')}`,
    sid: () => generation === 0.9 ? (peer as unknown as Old).socket.sessionid : (peer as unknown as Later).io.engine.id ?? '',
    stop () {
      isStopped = true
      peer.disconnect()
    }
  })
  /** Says the next thing. A connection that is lost has lost the acknowledgement, too: the next one begins anew. */
  const say = (connection: number): void => {
    if (isStopped || connection !== connections) return
    const id = `${name}#${count++}`
    const since = performance.now()
    const acked = (): void => {
      talker.ack(id)
      setTimeout(say, pauseAfter(pace, since), connection).unref()
    }
    try {
      peer.emit('say', id, acked)
    } catch {} // the old client throws when its WebSocket has closed and it has not noticed yet; it connects again
  }
  let connections = 0
  peer.on('connect', () => say(++connections))
  peer.on('disconnect', () => {
    if (isStopped) return
    talker.lose()
    if (generation === 0.9) cleanOld((peer as unknown as Old).socket)
  })
  return talker
}

/** A raw client of revision 1. */
export function rawTalker (port: number, transport: Revision1Transport, name: string, pace = SLOW): Talker {
  let client: Revision1Client | undefined
  let count = 0
  const stopped = new AbortController()
  const goesOn = (): boolean => !stopped.signal.aborted
  const talker = Object.assign(new Notes(), {
    name: `${name}: raw over ${transport}`,
    sid: () => client?.sid ?? '',
    stop () {
      stopped.abort()
      client?.close()
    }
  })
  /** Reads up to the acknowledgement. */
  const acknowledged = async (own: Revision1Client, id: number): Promise<void> => {
    for (;;) {
      const packet = await own.next()
      if (packet.startsWith('7::')) throw new Error(packet)
      if (packet.startsWith(`6:::${id}+`)) return
      if (packet === '2::') await own.send('2::')
    }
  }
  const talk = async (): Promise<void> => {
    const own = client = new Revision1Client(port, transport, await handshakeAt(port))
    try {
      while (await own.next() !== '1::');
      while (goesOn()) {
        const id = `${name}#${count}`
        const since = performance.now()
        await own.send(`5:${++count}+::${JSON.stringify({ name: 'say', args: [id] })}`)
        await acknowledged(own, count)
        talker.ack(id)
        await sleep(pauseAfter(pace, since), undefined, { ref: false })
      }
    } finally {
      own.close()
    }
  }
  const run = async (): Promise<void> => {
    while (goesOn()) {
      try {
        await talk()
      } catch {
        if (!goesOn()) return
        talker.lose()
        await sleep(pace.delay)
      }
    }
  }
  run()
  return talker
}
