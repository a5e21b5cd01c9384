// A client of Engine.IO 3 or 4 by hand: polls by XHR or by script, WebSockets, and the way from one to the other, step by step. It reads
// what the server writes with its own decoders, so that server and client cannot be wrong in the same way.
import { Agent } from 'node:http'
import type { ClientRequest } from 'node:http'
import { ask } from '../request.js'
import { WebSocketClient } from '../websocket.js'
import { fromMessage, readBody, readOpen, toBody, toForm, toMessage } from './payload.js'
import type { Eio, Handshake, Message } from './payload.js'

export type Way = 'xhr' | 'xhr, b64' | 'jsonp' | 'websocket' | 'websocket, b64'

export const WAYS: readonly Way[] = ['xhr', 'xhr, b64', 'jsonp', 'websocket', 'websocket, b64']

/** The index of a script's callback. */
const SCRIPT = 7

/** What the requests of a way have in their query. */
const QUERY: Record<Way, string> = { xhr: '', 'xhr, b64': '&b64=1', jsonp: `&j=${SCRIPT}`, websocket: '', 'websocket, b64': '&b64=1' }

export const isWebSocket = (way: Way): boolean => way.startsWith('websocket')

export interface Answer { status: number, body: Buffer }

/** A request whose answer is awaited, or not. */
export interface Pending {
  readonly request: ClientRequest
  /** @throws when the connection breaks before the answer is whole. */
  readonly answer: Promise<Answer>
}

/** A WebSocket that is read and written packet by packet. */
export class EngineWebSocket extends WebSocketClient {
  readonly #eio: Eio
  readonly #base64: boolean

  /** @param base64 binary packets come and go as text */
  constructor (url: string, eio: Eio, base64: boolean) {
    super(url)
    this.#eio = eio
    this.#base64 = base64
  }

  protected override decode (message: Message): Message { return fromMessage(message, this.#eio, this.#base64) }

  /** Sends packets. */
  override send (...packets: Message[]): void {
    super.send(...packets.map((packet) => toMessage(packet, this.#eio, this.#base64)))
  }
}

/** One client, in one way; {@link EngineWebSocket}s for upgrades are made beside it. */
export class EngineClient {
  readonly eio: Eio
  readonly way: Way
  readonly base: string
  readonly agent = new Agent({ keepAlive: true })
  sid = ''
  /** What it reads by now, where that is a WebSocket. */
  wire: EngineWebSocket | undefined
  readonly #unread: Message[] = []

  constructor (port: number, eio: Eio, way: Way) {
    this.eio = eio
    this.way = way
    this.base = `http://127.0.0.1:${port}/socket.io/?EIO=${eio}`
  }

  /** @param transport as the query names it; the session's own query is added */
  url (transport: 'polling' | 'websocket'): string {
    return `${this.base}&transport=${transport}${QUERY[this.way]}${this.sid && `&sid=${this.sid}`}`
  }

  /** Opens its session, and tells what the open packet says. */
  async open (): Promise<Handshake> {
    if (isWebSocket(this.way)) this.wire = this.newWire()
    const handshake = readOpen(String(await this.next()))
    this.sid = handshake.sid
    return handshake
  }

  /** A WebSocket of the session, or for one to come. */
  newWire (): EngineWebSocket { return new EngineWebSocket(this.url('websocket'), this.eio, this.way.endsWith('b64') || this.way === 'jsonp') }

  #ask (body?: string | Buffer, type = 'text/plain;charset=UTF-8', agent = this.agent): Pending {
    const { request, answer } = ask(this.url('polling'), { agent, ...(body !== undefined && { method: 'POST', body, headers: { 'content-type': type } }) })
    const short = answer.then(({ status, body }) => ({ status, body }))
    short.catch(() => {})
    return { request, answer: short }
  }

  /** A poll that is not waited for. */
  hold (agent = this.agent): Pending { return this.#ask(undefined, undefined, agent) }

  read ({ status, body }: Answer): Message[] {
    if (status !== 200) throw new Error(`${status} ${String(body)}`)
    return readBody(body, this.eio, this.way === 'jsonp' ? SCRIPT : undefined)
  }

  /** One poll, read. */
  async poll (): Promise<Message[]> { return this.read(await this.hold().answer) }

  /** The next packet: from the WebSocket, or by as many polls as it takes. */
  async next (): Promise<Message> {
    if (this.wire !== undefined) {
      const packet = await this.wire.next()
      if (packet === undefined) throw new Error('the WebSocket is closed')
      return packet
    }
    while (this.#unread.length === 0) this.#unread.push(...await this.poll())
    return this.#unread.shift() ?? ''
  }

  async take (count: number): Promise<Message[]> {
    const packets: Message[] = []
    while (packets.length < count) packets.push(await this.next())
    return packets
  }

  /** POSTs a body as it is, in the form of the way; bytes as a binary payload. */
  post (body: string | Buffer): Pending {
    if (typeof body !== 'string') return this.#ask(body, 'application/octet-stream')
    return this.way === 'jsonp' ? this.#ask(toForm(body), 'application/x-www-form-urlencoded') : this.#ask(body)
  }

  /** Sends packets: on its WebSocket, or as one body. */
  async send (...packets: Message[]): Promise<void> {
    if (this.wire !== undefined) return this.wire.send(...packets)
    const { status, body } = await this.post(toBody(packets, this.eio)).answer
    if (status !== 200 || String(body) !== 'ok') throw new Error(`POST answered ${status} ${String(body)}`)
  }

  close (): void {
    this.wire?.close()
    this.agent.destroy()
  }
}
