// No id, found here: what waits for clients was counted as it came, and held as it is written. One GET of 90 bytes wrote six times the queue in one
// piece: 120 MB counted were 2.6 GB resident, and a second of CPU. Each carrier is filled to the default bounds with what grows most on it, in a process
// with a small heap, and nothing is read.
import t from 'tap'
import type { Test } from 'tap'
import { engine } from './entrances.js'
import { dial } from '../kit/raw/connection.js'
import { head, post, UPGRADE } from '../kit/raw/http.js'
import { startTarget } from './withstands.js'
import type { State, Target } from './withstands.js'
import { rawWebSocket } from '../kit/raw/websocket.js'
import { handshakeAt } from '../kit/revision-1/client.js'

const SESSIONS = 10
/** As many megabytes as one session may hold. */
const MESSAGES = 14
const HEAP = 512
const MEBIBYTE = 1024 * 1024
/** What is to wait for all; bytes. */
const FULL = 96 * MEBIBYTE
/** What the process takes with nothing in it, garbage, and what the allocator keeps for later; bytes. */
const CONSTANT = 320 * MEBIBYTE
/** What one GET may cost, with the garbage that others have left; ms of CPU. It was a second and more. */
const MOST_CPU = 250

const CONTROL = `3:::${'\x01'.repeat(990_000)}`
const SHORT = '\ufffd6\ufffd3:::ab'.repeat(9000)
const WIDE = (eio: 3 | 4): string => {
  const packet = `42["message","${'中'.repeat(330_000)}"]`
  return eio === 4 ? packet : `${packet.length}:${packet}`
}

/** Sends a message, and holds something open that it never reads. */
export interface Filler {
  say (): Promise<void>
  hold (): Promise<void>
}

export interface Carrier {
  readonly name: string
  open (t: Test, port: number): Promise<Filler>
}

/** A session of revision 1 that POSTs as plain text, whatever carries the answers. */
const revision1 = (transport: string, body: string): Carrier => ({
  name: `revision 1, ${transport}, ${body === SHORT ? 'very many short packets' : 'control characters'}`,
  async open (t, port) {
    const sid = await handshakeAt(port)
    const [poster, holder] = [dial(t, port), dial(t, port)]
    return {
      say: async () => { await post(poster, { path: `/socket.io/1/xhr-polling/${sid}`, type: 'text/plain' }, body) },
      hold: async () => {
        holder.socket.pause()
        const origin = `http://127.0.0.1:${port}/`
        await holder.write(head('GET', `${origin}socket.io/1/${transport}/${sid}?i=0`, `Referer: ${origin}`, ...(transport === 'websocket' ? UPGRADE : [])))
      }
    }
  }
})

const engineIo = (eio: 3 | 4, way: 'xhr' | 'xhr, b64' | 'jsonp'): Carrier => ({
  name: `engine ${eio}, ${way}`,
  async open (t, port) {
    const client = await engine(t, port, eio, way)
    const [poster, holder] = [dial(t, port), dial(t, port)]
    const sid = new URL(client.url('polling')).searchParams.get('sid')
    const query = `/socket.io/?EIO=${eio}&transport=polling&sid=${sid}`
    const form = way === 'jsonp' ? '&j=0' : way === 'xhr' ? '' : '&b64=1'
    const origin = `http://127.0.0.1:${port}`
    return {
      say: async () => { await post(poster, { path: query, type: 'text/plain' }, WIDE(eio)) },
      hold: async () => {
        holder.socket.pause()
        await holder.write(head('GET', origin + query + form, `Referer: ${origin}/`))
      }
    }
  }
})

const webSocket = (eio: 3 | 4): Carrier => ({
  name: `engine ${eio}, websocket`,
  async open (t, port) {
    const raw = await rawWebSocket(t, `http://127.0.0.1:${port}/socket.io/?EIO=${eio}&transport=websocket`, [])
    raw.socket.pause()
    if (eio === 4) await raw.send('40')
    return {
      say: () => raw.send(`42["message","${'中'.repeat(330_000)}"]`),
      hold: async () => {}
    }
  }
})

/** Those of revision 1. */
export const REVISION_1: readonly Carrier[] = [
  ...['jsonp-polling', 'htmlfile', 'xhr-multipart', 'websocket'].map((name) => revision1(name, CONTROL)),
  revision1('xhr-polling', SHORT)
]
/** Those of Engine.IO. */
export const ENGINE: readonly Carrier[] = [engineIo(4, 'jsonp'), engineIo(3, 'xhr, b64'), engineIo(3, 'jsonp'), webSocket(4)]

const toMebibytes = (bytes: number): number => Math.round(bytes / MEBIBYTE)

function isBounded (t: Test, when: string, { queued, resident, faults }: State): void {
  t.ok(resident < 2 * queued + CONSTANT, `${when}: ${toMebibytes(resident)} MiB resident, ${toMebibytes(queued)} MiB counted`)
  t.strictSame(faults, [], 'no error is logged')
}

/** The state when enough waits. What is read of a WebSocket may still be on its way, and the system's buffers hold some megabytes of each. */
async function filled (target: Target, fillers: readonly Filler[]): Promise<State> {
  let state = await target.state()
  for (let i = 0; i < MESSAGES && state.queued <= FULL;) {
    const { queued } = state
    state = await target.state()
    if (state.queued > queued) continue
    i++
    await Promise.all(fillers.map(async ({ say }) => { await say() }))
  }
  return state
}

/** Fills a process by the carrier. */
export function held ({ name, open }: Carrier): void {
  t.test(`${name}: what is held is what is counted, and an answer costs little`, async (t) => {
    const target = await startTarget(t, 'server', { dialects: ['revision 1', 'engine 3', 'engine 4'] }, [`--max-old-space-size=${HEAP}`])
    const fillers = await Promise.all(Array.from({ length: SESSIONS }, async () => await open(t, target.port)))
    for (const filler of fillers.slice(0, 1)) await filler.hold() // connects the session in revision 1
    await Promise.all(fillers.map(async ({ say }) => {
      for (let i = 0; i < MESSAGES; i++) await say()
    }))
    const full = await filled(target, fillers)
    t.ok(full.queued > FULL, `${toMebibytes(full.queued)} MiB wait`)
    isBounded(t, 'full', full)
    const [first, ...others] = fillers.slice(1)
    const before = await target.state()
    await first?.hold()
    const after = await target.state()
    t.ok(after.cpu - before.cpu < MOST_CPU, `one GET: ${Math.round(after.cpu - before.cpu)} ms of CPU`)
    await Promise.all(others.map(async ({ hold }) => await hold()))
    isBounded(t, 'with answers that nobody reads', await target.state())
    await Promise.all(target.bystanders.map(async (one) => await one.echo()))
  })
}
