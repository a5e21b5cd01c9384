// A client of Engine.IO 3 or 4 by hand: polls by XHR or by script, WebSockets, and the way from one to the other, step by step. It reads
// what the server writes with its own decoders, so that server and client cannot be wrong in the same way.
import { once } from 'node:events'
import { Agent, request as httpRequest } from 'node:http'
import type { ClientRequest, IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { WebSocket } from 'ws'
import socketioTransports from '../../../src/index.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import type { EndReason } from '../../../types/reasons.js'
import type { Socket } from '../../../types/socket.js'
import { scriptHeaders } from '../script.js'
import type { Teardown } from '../teardown.js'

export type Eio = 3 | 4
/** Text as a string, a binary message as its bytes. */
export type Message = string | Buffer
export type Way = 'xhr' | 'xhr, b64' | 'jsonp' | 'websocket' | 'websocket, b64'

export const WAYS: readonly Way[] = ['xhr', 'xhr, b64', 'jsonp', 'websocket', 'websocket, b64']

/** What the requests of a way have in their query. */
const QUERY: Record<Way, string> = { xhr: '', 'xhr, b64': '&b64=1', jsonp: '&j=7', websocket: '', 'websocket, b64': '&b64=1' }

export const isWebSocket = (way: Way): boolean => way.startsWith('websocket')

// ---- packets

const toText = (packet: Message, eio: Eio): string =>
  typeof packet === 'string' ? packet : `${eio === 4 ? 'b' : 'b4'}${packet.toString('base64')}`

function fromText (text: string, eio: Eio): Message {
  if (!text.startsWith('b')) return text
  if (eio === 3 && text[1] !== '4') throw new Error(`binary that is no message: ${text}`)
  return Buffer.from(text.slice(eio === 4 ? 1 : 2), 'base64')
}

/** Packets as the body of a POST. */
export const toBody = (packets: readonly Message[], eio: Eio): string => {
  const texts = packets.map((packet) => toText(packet, eio))
  return eio === 4 ? texts.join('\x1e') : texts.map((text) => `${text.length}:${text}`).join('')
}

/** 0 for text or 1 for binary, the decimal digits of the length in bytes as bytes, 255, the packet. */
function readBytes (body: Buffer): Message[] {
  const packets: Message[] = []
  for (let at = 0; at < body.length;) {
    const mark = body.indexOf(255, at)
    const end = mark + 1 + Number([...body.subarray(at + 1, mark)].join(''))
    const bytes = body.subarray(mark + 1, end)
    if (mark <= at + 1 || bytes.length !== end - mark - 1) throw new Error(`no packet at ${at}: ${body.toString('hex')}`)
    if (body[at] === 0) packets.push(bytes.toString())
    else if (body[at] === 1 && bytes[0] === 4) packets.push(bytes.subarray(1))
    else throw new Error(`an unknown packet at ${at}: ${body.toString('hex')}`)
    at = end
  }
  return packets
}

function readText (body: string): Message[] {
  const packets: Message[] = []
  for (let at = 0; at < body.length;) {
    const colon = body.indexOf(':', at)
    const end = colon + 1 + Number(body.slice(at, colon))
    if (colon <= at || !(end <= body.length)) throw new Error(`no packet at ${at}: ${body}`)
    packets.push(fromText(body.slice(colon + 1, end), 3))
    at = end
  }
  return packets
}

/** The packets of an answer. */
export function readBody (body: Buffer, eio: Eio, way: Way): Message[] {
  let text = body.toString()
  if (way === 'jsonp') {
    const [, literal] = /^___eio\[7\]\(("[^\u2028\u2029\n\r]*")\);$/.exec(text) ?? []
    if (literal === undefined) throw new Error(`not a callback: ${text}`)
    text = JSON.parse(literal) as string
  } else if (eio === 3 && body[0] !== undefined && body[0] <= 1) {
    return readBytes(body)
  }
  return eio === 4 ? text.split('\x1e').map((packet) => fromText(packet, 4)) : readText(text)
}

// ---- requests

export interface Answer { status: number, body: Buffer }

/** A request whose answer is awaited, or not. */
export interface Pending {
  readonly request: ClientRequest
  /** @throws when the connection breaks before the answer is whole. */
  readonly answer: Promise<Answer>
}

function ask (url: string, agent: Agent, body?: string | Buffer, type = 'text/plain;charset=UTF-8'): Pending {
  const request = httpRequest(url, { agent, method: body === undefined ? 'GET' : 'POST', headers: scriptHeaders(url) })
  if (body !== undefined) request.setHeader('content-type', type).setHeader('content-length', Buffer.byteLength(body))
  request.end(body)
  const answer = once(request, 'response').then(async ([response]: IncomingMessage[]): Promise<Answer> => {
    const message = response as IncomingMessage
    return { status: Number(message.statusCode), body: await buffer(message) }
  })
  answer.catch(() => {})
  request.on('error', () => {})
  return { request, answer }
}

/** A WebSocket that is read packet by packet. */
export class Wire {
  readonly socket: WebSocket
  readonly opened: Promise<void>
  /** The close code; 1006 when it broke. */
  readonly closed: Promise<number>
  readonly #eio: Eio
  readonly #text: boolean
  readonly #packets: Message[] = []
  readonly #waiting: ((packet: Message | undefined) => void)[] = []
  #over = false

  constructor (url: string, eio: Eio, text: boolean) {
    this.#eio = eio
    this.#text = text
    this.socket = new WebSocket(url.replace('http:', 'ws:'), { perMessageDeflate: false })
    this.socket.on('error', () => {})
    this.opened = once(this.socket, 'open').then(() => {})
    this.opened.catch(() => {})
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
    this.closed.then(() => {
      this.#over = true
      for (const waiting of this.#waiting.splice(0)) waiting(undefined)
    })
    this.socket.on('message', (data: Buffer, isBinary) => {
      const packet = this.#read(data, isBinary)
      const waiting = this.#waiting.shift()
      if (waiting === undefined) this.#packets.push(packet)
      else waiting(packet)
    })
  }

  #read (data: Buffer, isBinary: boolean): Message {
    if (!isBinary) return fromText(String(data), this.#eio)
    if (this.#text) throw new Error('binary for a client that takes only text')
    if (this.#eio === 4) return data
    if (data[0] !== 4) throw new Error('binary that is no message')
    return data.subarray(1)
  }

  /** The next packet; undefined when there will be none. */
  next (): Promise<Message | undefined> {
    if (this.#packets.length > 0 || this.#over) return Promise.resolve(this.#packets.shift())
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async take (count: number): Promise<(Message | undefined)[]> {
    const packets = []
    while (packets.length < count) packets.push(await this.next())
    return packets
  }

  send (...packets: Message[]): void {
    for (const packet of packets) {
      if (typeof packet === 'string') this.socket.send(packet)
      else if (this.#text) this.socket.send(toText(packet, this.#eio))
      else this.socket.send(this.#eio === 4 ? packet : Buffer.concat([Buffer.of(4), packet]))
    }
  }
}

/** One client, in one way; {@link Wire}s for upgrades are made beside it. */
export class EngineClient {
  readonly eio: Eio
  readonly way: Way
  readonly base: string
  readonly agent = new Agent({ keepAlive: true })
  sid = ''
  /** What it reads by now, where that is a WebSocket. */
  wire: Wire | undefined
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
  async open (): Promise<Record<string, unknown>> {
    if (isWebSocket(this.way)) this.wire = this.newWire()
    const packet = await this.next()
    if (typeof packet !== 'string' || !packet.startsWith('0')) throw new Error(`the first packet is ${String(packet)}`)
    const handshake = JSON.parse(packet.slice(1)) as Record<string, unknown>
    this.sid = String(handshake['sid'])
    return handshake
  }

  /** A WebSocket of the session, or for one to come. */
  newWire (): Wire { return new Wire(this.url('websocket'), this.eio, this.way.endsWith('b64') || this.way === 'jsonp') }

  /** A poll that is not waited for. */
  hold (agent = this.agent): Pending { return ask(this.url('polling'), agent) }

  read ({ status, body }: Answer): Message[] {
    if (status !== 200) throw new Error(`${status} ${String(body)}`)
    return readBody(body, this.eio, this.way)
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
    if (typeof body !== 'string') return ask(this.url('polling'), this.agent, body, 'application/octet-stream')
    if (this.way !== 'jsonp') return ask(this.url('polling'), this.agent, body)
    // A form changes newlines, so the client writes each as a backslash and an n, and doubles the backslash of those there were.
    const form = `d=${encodeURIComponent(body.replace(/\\n/g, '\\\\n').replace(/\n/g, '\\n'))}`
    return ask(this.url('polling'), this.agent, form, 'application/x-www-form-urlencoded')
  }

  /** Sends packets: on its WebSocket, or as one body. */
  async send (...packets: Message[]): Promise<void> {
    if (this.wire !== undefined) return this.wire.send(...packets)
    const { status, body } = await this.post(toBody(packets, this.eio)).answer
    if (status !== 200 || String(body) !== 'ok') throw new Error(`POST answered ${status} ${String(body)}`)
  }

  close (): void {
    this.wire?.socket.terminate()
    this.agent.destroy()
  }
}

/** A session, seen from both ends. */
export interface EngineSession {
  client: EngineClient
  socket: Socket
  /** The messages that have come, in order. */
  heard: Message[]
  /** How it ended: engine.io's word, the exact one, and what went wrong. */
  closed: { count: number, reason?: string, end?: EndReason, cause?: Error | undefined }
}

export interface EngineServer {
  app: FastifyInstance
  port: number
  client (eio: Eio, way: Way): EngineClient
  /** A client that has read its open packet. */
  connect (eio: Eio, way: Way): Promise<EngineSession>
}

/** An app with the transports of Engine.IO, on a port of its own. Somebody listens to messages, so that nothing of Socket.IO is said. */
export async function serveEngine (t: Teardown, options: SocketioTransportsOptions = {}): Promise<EngineServer> {
  const app = Fastify({ forceCloseConnections: true }) as FastifyInstance
  const clients: EngineClient[] = []
  const sessions = new Map<string, Omit<EngineSession, 'client'>>()
  t.teardown(async () => {
    for (const client of clients) client.close()
    await app.close()
  })
  await app.register(socketioTransports, { transports: ['polling', 'websocket'], ...options })
  app.socketio.on('connection', (socket) => {
    const session: Omit<EngineSession, 'client'> = { socket, heard: [], closed: { count: 0 } }
    sessions.set(socket.id, session)
    socket.on('data', (data) => session.heard.push(data))
    socket.on('close', (reason, { reason: end, cause }) => Object.assign(session.closed, { count: session.closed.count + 1, reason, end, cause }))
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo

  function client (eio: Eio, way: Way): EngineClient {
    const made = new EngineClient(port, eio, way)
    clients.push(made)
    return made
  }

  async function connect (eio: Eio, way: Way): Promise<EngineSession> {
    const made = client(eio, way)
    await made.open()
    const session = sessions.get(made.sid)
    if (session === undefined) throw new Error(`no session ${made.sid}`)
    return { client: made, ...session }
  }

  return { app, port, client, connect }
}
