// The two dialects of Engine.IO as the suites see them: how packets stand in a body. Written from the protocol's documents, and
// apart from the codecs under test, so that both cannot be wrong in the same way.
import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { fetchText } from '../kit/revision-1/client.js'
import { ask } from './support.js'
import type { Answer } from './support.js'

export interface Dialect {
  eio: 3 | 4
  /** Packets as one body. */
  body (...packets: string[]): string
  /** The packets of an answer, in whichever form they come. */
  packets (answer: Buffer): string[]
  /** A packet that a server takes without a word. */
  silent: string
}

export const ENGINE_4: Dialect = {
  eio: 4,
  body: (...packets) => packets.join('\x1e'),
  packets: (answer) => answer.toString().split('\x1e'),
  silent: '3'
}

/** `length:packet`; lengths count UTF-16 code units. */
function readText (body: string): string[] {
  const packets = []
  for (let at = 0; at < body.length;) {
    const colon = body.indexOf(':', at)
    const end = colon + 1 + Number(body.slice(at, colon))
    if (colon <= at || !(end <= body.length)) throw new Error(`no packet at ${at}: ${body}`)
    packets.push(body.slice(colon + 1, end))
    at = end
  }
  return packets
}

/** 0 for text, the decimal digits of the length in bytes as bytes, 255, UTF-8. */
function readBytes (body: Buffer): string[] {
  const packets = []
  for (let at = 0; at < body.length;) {
    const mark = body.indexOf(255, at)
    const end = mark + 1 + Number([...body.subarray(at + 1, mark)].join(''))
    if (body[at] !== 0 || mark <= at + 1 || !(end <= body.length)) throw new Error(`no text packet at ${at}: ${body.toString('hex')}`)
    packets.push(body.toString('utf8', mark + 1, end))
    at = end
  }
  return packets
}

export const ENGINE_3: Dialect = {
  eio: 3,
  body: (...packets) => packets.map((packet) => `${packet.length}:${packet}`).join(''),
  packets: (answer) => answer[0] === 0 ? readBytes(answer) : readText(answer.toString()),
  silent: '6'
}

/** What an open packet says. */
export interface Handshake { sid: string, upgrades: string[], pingInterval: number, pingTimeout: number, maxPayload: number }

export function readOpen (packet = ''): Handshake {
  if (!packet.startsWith('0')) throw new Error(`not an open packet: ${packet}`)
  return JSON.parse(packet.slice(1)) as Handshake
}

/** An endpoint, spoken to in one dialect. */
export class Endpoint {
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
    const { bytes } = await ask(this.url('polling', query))
    return new PollingSession(this, readOpen(this.dialect.packets(bytes)[0]).sid)
  }
}

/** A poll that the server holds. */
export interface Parked {
  answer: Promise<{ status: number, body: string }>
  /** Breaks its connection. */
  giveUp (): Promise<void>
}

/** A session whose client polls. */
export class PollingSession {
  readonly sid: string
  readonly #endpoint: Endpoint

  constructor (endpoint: Endpoint, sid: string) {
    this.#endpoint = endpoint
    this.sid = sid
  }

  get url (): string { return this.#endpoint.url('polling', `&sid=${this.sid}`) }
  get webSocket (): string { return this.#endpoint.url('websocket', `&sid=${this.sid}`) }

  get (): Promise<Answer> { return ask(this.url) }

  /** A poll that reaches the server ahead of whatever is asked afterwards: its connection is there already. */
  async park (): Promise<Parked> {
    const { body, silent } = this.#endpoint.dialect
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    await fetchText(this.url, { method: 'POST', body: body(silent), agent })
    const request = httpRequest(this.url, { agent }).end()
    const answer = once(request, 'response').then(async ([response]: IncomingMessage[]) => {
      const { statusCode = 0 } = response as IncomingMessage
      return { status: statusCode, body: await text(response as IncomingMessage) }
    })
    answer.catch(() => {})
    await once(request, 'finish')
    return {
      answer,
      async giveUp () {
        const closed = new Promise((resolve) => request.once('close', resolve))
        request.on('error', () => {}).destroy()
        await closed
      }
    }
  }

  /** POSTs a body as it stands. */
  post (body: string | Uint8Array, headers: Record<string, string> = {}): Promise<Answer> {
    return ask(this.url, { method: 'POST', body, headers })
  }

  /** POSTs packets. */
  send (...packets: string[]): Promise<Answer> { return this.post(this.#endpoint.dialect.body(...packets)) }
}
