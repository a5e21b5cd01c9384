// A server of Engine.IO by its URL, whatever it is: what it answers to single requests. The protocol suites run against it. For a client that
// opens a session and goes on take `client.ts`.
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from 'node:http'
import { ask } from '../request.js'
import { scriptHeaders } from '../script.js'
import { readOpen } from './payload.js'
import type { Dialect } from './payload.js'

export interface Answer { status: number, type: string | null, body: string, bytes: Buffer }

/** One request by fetch, its answer whole. */
export async function askWhole (url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { ...init, headers: { ...scriptHeaders(url), ...init.headers } })
  const bytes = Buffer.from(await response.arrayBuffer())
  return { status: response.status, type: response.headers.get('content-type'), body: bytes.toString(), bytes }
}

/** An endpoint, spoken to in one dialect. */
export class HttpEndpoint {
  readonly dialect: Dialect
  readonly #base: string

  /** @param base origin and path, with the slash at the end */
  constructor (base: string, dialect: Dialect) {
    this.#base = base
    this.dialect = dialect
  }

  /** The bare URL with a query as it stands. */
  raw (query: string): string { return `${this.#base}?${query}` }

  url (transport: string, query = ''): string { return this.raw(`EIO=${this.dialect.eio}&transport=${transport}${query}`) }

  /** A new session on polling; `query` is added to its handshake alone. */
  async poll (query = ''): Promise<PollingSession> {
    const { bytes } = await askWhole(this.url('polling', query))
    return new PollingSession(this, readOpen(this.dialect.packets(bytes)[0]).sid)
  }
}

/** Pause after a poll and after its end, ms. On several nodes, requests reach the session in any order, unless there is time between them. */
export const pause = { ms: 0 }

/** A poll that the server holds. */
export interface Parked {
  answer: Promise<{ status: number, body: string }>
  /** Breaks its connection. */
  giveUp (): Promise<void>
}

/** A session whose client polls. */
export class PollingSession {
  readonly sid: string
  readonly #endpoint: HttpEndpoint

  constructor (endpoint: HttpEndpoint, sid: string) {
    this.#endpoint = endpoint
    this.sid = sid
  }

  get url (): string { return this.#endpoint.url('polling', `&sid=${this.sid}`) }
  get webSocket (): string { return this.#endpoint.url('websocket', `&sid=${this.sid}`) }

  get (): Promise<Answer> { return askWhole(this.url) }

  /** A poll that reaches the server ahead of whatever is asked afterwards: its connection is there already. */
  async park (): Promise<Parked> {
    const { body, silent } = this.#endpoint.dialect
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    await ask(this.url, { method: 'POST', body: body(silent), agent }).answer
    const { request, answer } = ask(this.url, { agent })
    const text = answer.then(({ status, body }) => ({ status, body: body.toString() }))
    text.catch(() => {})
    await once(request, 'finish')
    if (pause.ms > 0) await sleep(pause.ms)
    return {
      answer: text,
      async giveUp () {
        const closed = new Promise((resolve) => request.once('close', resolve))
        request.destroy()
        await closed
        if (pause.ms > 0) await sleep(pause.ms)
      }
    }
  }

  /** POSTs a body as it stands. */
  post (body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
    return askWhole(this.url, { method: 'POST', body, headers })
  }

  /** POSTs packets. */
  send (...packets: string[]): Promise<Answer> { return this.post(this.#endpoint.dialect.body(...packets)) }
}
