// A client of revision 1 for each transport, by hand: what a page of the time does, and nothing more. It reads what the
// server writes with its own decoders, so that server and client cannot be wrong in the same way.
import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { Revision1Transport } from '../../../src/transports/index.js'
import { Arrivals } from '../arrivals.js'
import { fetchText } from '../request.js'
import type { Answer } from '../request.js'
import { scriptHeaders } from '../script.js'
import { WebSocketClient } from '../websocket.js'
import { DECODERS, toForm, toPayload } from './payload.js'
import type { Decoder } from './payload.js'

export const ALL: readonly Revision1Transport[] = ['websocket', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling']

export const isWebSocket = (name: Revision1Transport): boolean => name === 'websocket' || name === 'flashsocket'
export const isPolling = (name: Revision1Transport): boolean => name === 'xhr-polling' || name === 'jsonp-polling'

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

function holdHttp (url: string, agent: Agent, decoderFor: (headers: IncomingHttpHeaders) => Decoder): Held {
  const arrivals = new Arrivals<string>()
  let text = ''
  const request = httpRequest(url, { agent, headers: scriptHeaders(url) }).end()
  const response = once(request, 'response').then(([message]: IncomingMessage[]) => message as IncomingMessage)
  const opened = response.then(({ statusCode, headers }) => ({ status: Number(statusCode), headers }))
  const ended = response.then(async (message): Promise<Ending> => {
    const decode = message.statusCode === 200 ? decoderFor(message.headers) : () => []
    message.setEncoding('utf8')
    message.on('data', (chunk: string) => {
      text += chunk
      arrivals.add(decode(chunk, false))
    })
    message.on('error', () => {})
    await new Promise((resolve) => message.once('close', resolve))
    if (message.complete) arrivals.add(decode('', true))
    return { whole: message.complete }
  }).catch(() => ({ whole: false }))
  opened.catch(() => {})
  request.on('error', () => {})
  ended.then(() => arrivals.end())
  return {
    opened,
    ended,
    get text () { return text },
    next: () => arrivals.next(),
    send () { throw new Error('a GET carries nothing up') },
    destroy: () => { request.destroy() }
  }
}

function holdWebSocket (url: string): Held {
  const client = new WebSocketClient(url)
  let text = ''
  client.socket.on('message', (data) => { text += String(data) })
  const opened = client.opened.then(({ headers }) => ({ status: 101, headers }))
  opened.catch(() => {})
  return {
    opened,
    ended: client.closed.then((code) => ({ whole: code !== 1006, code })),
    get text () { return text },
    async next () {
      const message = await client.next()
      return message === undefined ? undefined : String(message)
    },
    send: (data) => client.send(data),
    destroy: () => client.close()
  }
}

/** One client, on one transport. */
export class Revision1Client {
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
    const { status, body } = await this.post(toPayload(packets))
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

/** The id of a new session. */
export async function handshakeAt (port: number): Promise<string> {
  const { status, body } = await fetchText(`http://127.0.0.1:${port}/socket.io/1/`)
  if (status !== 200) throw new Error(`the handshake is answered with ${status} ${body}`)
  return body.slice(0, body.indexOf(':'))
}

/** A client that has read its `1::`. @throws when its session does not connect */
export async function connectRevision1 (port: number, name: Revision1Transport): Promise<Revision1Client> {
  const client = new Revision1Client(port, name, await handshakeAt(port))
  const first = await client.next()
  if (first !== '1::') throw new Error(`the first packet is ${first}`)
  return client
}
