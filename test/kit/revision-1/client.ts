// A client of revision 1 for each transport, by hand: what a page of the time does, and nothing more. It reads what the
// server writes with its own decoders, so that server and client cannot be wrong in the same way.
import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import type { Revision1Transport } from '../../../src/transports/index.js'
import { scriptHeaders } from '../script.js'

export interface Answer { status: number, headers: IncomingHttpHeaders, body: string }

/** How a held request or WebSocket ended. */
export interface Ending {
  /** The response was complete, or the WebSocket was closed with a close frame. */
  whole: boolean
  /** The close code of a WebSocket. */
  code?: number
}

/** One GET, or one WebSocket. */
export interface Held {
  readonly opened: Promise<{ status: number, headers: IncomingHttpHeaders }>
  readonly ended: Promise<Ending>
  /** Everything that has come, as text. */
  readonly text: string
  /** The next packet; undefined when there will be none. */
  next (): Promise<string | undefined>
  send (frame: string): void
  /** Breaks the connection. */
  destroy (): void
}

// ---- payloads, as the old client reads and writes them

/** The packets of a payload; lengths are UTF-16 code units. */
export function unframe (payload: string): string[] {
  if (!payload.startsWith('\ufffd')) return payload === '' ? [] : [payload]
  const packets: string[] = []
  for (let at = 0; at < payload.length;) {
    const end = payload.indexOf('\ufffd', at + 1)
    const digits = payload.slice(at + 1, end)
    const length = Number(digits)
    if (payload[at] !== '\ufffd' || end < 0 || digits === '' || !(length <= payload.length - end - 1)) throw new Error(`bad framing at ${at}`)
    packets.push(payload.slice(end + 1, end + 1 + length))
    at = end + 1 + length
  }
  return packets
}

export const frame = (packets: readonly string[]): string =>
  packets.length === 1 ? packets.join('') : packets.map((packet) => `\ufffd${packet.length}\ufffd${packet}`).join('')

/** The form body of a JSONP client. */
export const toForm = (payload: string): string => `d=${encodeURIComponent(JSON.stringify(payload))}`

// ---- what comes down

/** Takes text as it arrives, gives packets. */
type Decoder = (text: string, over: boolean) => string[]

const readText = (): Decoder => (text, over) => over ? unframe(text) : []

/** Evaluates the script as a browser of the time did: a raw line separator is a syntax error. */
export function callback (text: string): { index: string, payload: string } {
  const [, index, literal] = /^io\.j\[(\d+)\]\(("[^\u2028\u2029\n\r]*")\);$/.exec(text) ?? []
  if (index === undefined || literal === undefined) throw new Error(`not a callback: ${text}`)
  return { index, payload: JSON.parse(literal) as string }
}

const readScript = (): Decoder => (text, over) => over ? unframe(callback(text).payload) : []

/** Cuts pieces that end with `end` off the text that has arrived. */
function pieces (start: number, end: string, read: (piece: string) => string): Decoder {
  let at = start
  return (text) => {
    const packets: string[] = []
    for (let to = text.indexOf(end, at); to >= 0; to = text.indexOf(end, at)) {
      packets.push(...unframe(read(text.slice(at, to))))
      at = to + end.length
    }
    return packets
  }
}

/** A parser of HTML ends a script at the first end tag, whatever the script says. */
const readElements = (): Decoder => pieces(256, '</script>', (element) => {
  const [, literal] = /^<script>_\(("[^\u2028\u2029\n\r]*")\);$/.exec(element) ?? []
  if (literal === undefined) throw new Error(`not a script element: ${element}`)
  return JSON.parse(literal) as string
})

export const boundaryOf = (headers: IncomingHttpHeaders): string =>
  /^multipart\/x-mixed-replace;boundary="([^"]+)"$/.exec(headers['content-type'] ?? '')?.[1] ?? ''

function readParts (headers: IncomingHttpHeaders): Decoder {
  const line = `--${boundaryOf(headers)}\n`
  const head = 'Content-Type: text/plain\n\n'
  return pieces(line.length, `\n${line}`, (part) => {
    if (!part.startsWith(head)) throw new Error(`not a part: ${part}`)
    return part.slice(head.length)
  })
}

const DECODERS: Record<Exclude<Revision1Transport, 'websocket' | 'flashsocket'>, (headers: IncomingHttpHeaders) => Decoder> = {
  'xhr-polling': readText,
  'jsonp-polling': readScript,
  htmlfile: readElements,
  'xhr-multipart': readParts
}

class Inbox {
  readonly #packets: string[] = []
  readonly #waiting: ((packet: string | undefined) => void)[] = []
  #over = false

  add (packets: string[]): void {
    for (const packet of packets) {
      const waiting = this.#waiting.shift()
      if (waiting === undefined) this.#packets.push(packet)
      else waiting(packet)
    }
  }

  end (): void {
    this.#over = true
    for (const waiting of this.#waiting.splice(0)) waiting(undefined)
  }

  next (): Promise<string | undefined> {
    if (this.#packets.length > 0 || this.#over) return Promise.resolve(this.#packets.shift())
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}

function holdHttp (url: string, agent: Agent, decoderFor: (headers: IncomingHttpHeaders) => Decoder): Held {
  const inbox = new Inbox()
  let text = ''
  const request = httpRequest(url, { agent, headers: scriptHeaders(url) }).end()
  const response = once(request, 'response').then(([message]: IncomingMessage[]) => message as IncomingMessage)
  const opened = response.then(({ statusCode, headers }) => ({ status: Number(statusCode), headers }))
  const ended = response.then(async (message): Promise<Ending> => {
    const decode = message.statusCode === 200 ? decoderFor(message.headers) : () => []
    message.setEncoding('utf8')
    message.on('data', (chunk: string) => {
      text += chunk
      inbox.add(decode(text, false))
    })
    message.on('error', () => {})
    await new Promise((resolve) => message.once('close', resolve))
    if (message.complete) inbox.add(decode(text, true))
    return { whole: message.complete }
  }).catch(() => ({ whole: false }))
  opened.catch(() => {})
  request.on('error', () => {})
  ended.then(() => inbox.end())
  return {
    opened,
    ended,
    get text () { return text },
    next: () => inbox.next(),
    send () { throw new Error('a GET carries nothing up') },
    destroy: () => { request.destroy() }
  }
}

function holdWebSocket (url: string): Held {
  const inbox = new Inbox()
  let text = ''
  const socket = new WebSocket(url.replace('http:', 'ws:'), { perMessageDeflate: false })
  const opened = once(socket, 'upgrade').then(([message]: IncomingMessage[]) => {
    return { status: 101, headers: (message as IncomingMessage).headers }
  })
  opened.catch(() => {})
  socket.on('error', () => {})
  socket.on('message', (data) => {
    text += String(data)
    inbox.add([String(data)])
  })
  const ended = new Promise<Ending>((resolve) => {
    socket.once('close', (code) => resolve({ whole: code !== 1006, code }))
  })
  ended.then(() => inbox.end())
  return {
    opened,
    ended,
    get text () { return text },
    next: () => inbox.next(),
    send: (data) => socket.send(data),
    destroy: () => socket.terminate()
  }
}

export const isWebSocket = (name: Revision1Transport): boolean => name === 'websocket' || name === 'flashsocket'
export const isPolling = (name: Revision1Transport): boolean => name === 'xhr-polling' || name === 'jsonp-polling'

/** One client, on one transport. */
export class Client {
  readonly name: Revision1Transport
  readonly sid: string
  readonly url: string
  readonly base: string
  readonly agent = new Agent({ keepAlive: true })
  #held: Held | undefined

  constructor (port: number, name: Revision1Transport, sid: string) {
    this.name = name
    this.sid = sid
    this.base = `http://127.0.0.1:${port}/socket.io/1`
    this.url = `${this.base}/${name}/${sid}`
  }

  /** A new GET or WebSocket, which `next` reads from then on. */
  hold (query = ''): Held {
    const { name, agent, url } = this
    this.#held = name === 'websocket' || name === 'flashsocket'
      ? holdWebSocket(url + query)
      : holdHttp(url + (query || `?t=${Date.now()}&i=3`), agent, DECODERS[name])
    return this.#held
  }

  get held (): Held | undefined { return this.#held }

  /** The next packet. A polling client polls for it as often as it takes. */
  async next (): Promise<string> {
    for (;;) {
      const held = this.#held ?? this.hold()
      const packet = await held.next()
      if (packet !== undefined) return packet
      const { status } = await held.opened
      if (!isPolling(this.name) || status !== 200) throw new Error(`nothing more on ${this.name}: status ${status}`)
      this.#held = undefined
    }
  }

  async take (count: number): Promise<string[]> {
    const packets: string[] = []
    while (packets.length < count) packets.push(await this.next())
    return packets
  }

  /** Sends packets, as one payload where the transport has payloads. */
  async send (...packets: string[]): Promise<void> {
    if (isWebSocket(this.name)) {
      for (const packet of packets) this.#held?.send(packet)
      return
    }
    const { status, body } = await this.post(frame(packets))
    if (status !== 200 || body !== '1') throw new Error(`POST answered ${status} ${body}`)
  }

  /** POSTs a payload, in the form of the transport. */
  post (payload: string, name = this.name): Promise<Answer> {
    const body = name === 'jsonp-polling' ? toForm(payload) : payload
    const type = name === 'jsonp-polling' ? 'application/x-www-form-urlencoded' : 'text/plain;charset=UTF-8'
    return fetchText(`${this.base}/${name}/${this.sid}`, { method: 'POST', body, headers: { 'content-type': type }, agent: this.agent })
  }

  request (method: string, query = ''): Promise<Answer> {
    return fetchText(this.url + query, { method, agent: this.agent })
  }

  close (): void {
    this.#held?.destroy()
    this.agent.destroy()
  }
}

interface FetchOptions { method?: string, body?: string, headers?: Record<string, string>, agent?: Agent }

/** One request, its answer whole. */
export async function fetchText (url: string, { method = 'GET', body, headers = {}, agent }: FetchOptions = {}): Promise<Answer> {
  const request = httpRequest(url, { method, headers: { ...scriptHeaders(url), ...headers }, ...(agent && { agent }) })
  if (body !== undefined) request.setHeader('content-length', Buffer.byteLength(body))
  request.end(body)
  const [response] = await once(request, 'response') as [IncomingMessage]
  request.on('error', () => {}) // its answer fails as well
  let text = ''
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string
  return { status: Number(response.statusCode), headers: response.headers, body: text }
}
