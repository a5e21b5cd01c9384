// A WebSocket by ws, read message by message; it knows no dialect. For frames as bytes take `kit/raw/websocket.ts`.
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { WebSocket } from 'ws'
import { Arrivals } from './arrivals.js'

/** Text as a string, a binary message as its bytes. */
export type Message = string | Buffer

export interface WebSocketInit {
  headers?: Record<string, string>
  /** Offers compression. Default: false. */
  perMessageDeflate?: boolean
}

export class WebSocketClient {
  readonly socket: WebSocket
  /** The answer to the upgrade. @throws when it is refused */
  readonly opened: Promise<IncomingMessage>
  /** The close code; 1006 when it broke, also when it was never opened. */
  readonly closed: Promise<number>
  readonly #arrivals = new Arrivals<Message>()

  constructor (url: string, { perMessageDeflate = false, ...init }: WebSocketInit = {}) {
    this.socket = new WebSocket(url.replace('http:', 'ws:'), { perMessageDeflate, ...init })
    const answered = once(this.socket, 'upgrade')
    this.opened = once(this.socket, 'open').then(async () => (await answered as [IncomingMessage])[0])
    for (const promise of [answered, this.opened]) promise.catch(() => {})
    this.socket.on('error', () => {})
    this.closed = new Promise((resolve) => this.socket.once('close', resolve))
    this.closed.then(() => this.#arrivals.end())
    this.socket.on('message', (data: Buffer, isBinary) => this.#arrivals.add([this.decode(isBinary ? data : String(data))]))
  }

  /** A message as the dialect has it. */
  protected decode (message: Message): Message { return message }

  /** The next message; undefined when there will be none. */
  next (): Promise<Message | undefined> { return this.#arrivals.next() }

  async take (count: number): Promise<(Message | undefined)[]> {
    const messages: (Message | undefined)[] = []
    while (messages.length < count) messages.push(await this.next())
    return messages
  }

  send (...messages: (string | Uint8Array)[]): void {
    for (const message of messages) this.socket.send(message)
  }

  /** Breaks the connection. */
  close (): void { this.socket.terminate() }
}

/** A WebSocket that has opened; it offers compression, as browsers do. @throws when the upgrade is refused */
export async function openWebSocket (url: string, headers: Record<string, string> = {}): Promise<WebSocketClient> {
  const client = new WebSocketClient(url, { headers, perMessageDeflate: true })
  await client.opened
  return client
}

/** A WebSocket whose open packet, or whatever comes first, has been read. */
export async function opened (url: string): Promise<{ wire: WebSocketClient, first: string }> {
  const wire = new WebSocketClient(url)
  return { wire, first: String(await wire.next()) }
}

/** How the request for a WebSocket is refused. */
export async function refusal (url: string, headers: Record<string, string> = {}): Promise<{ status: number, body: string }> {
  const socket = new WebSocket(url.replace('http:', 'ws:'), { headers })
  const accepted = once(socket, 'open').then(() => {
    socket.terminate()
    throw new Error(`${url} was accepted`)
  })
  const [, response] = await Promise.race([once(socket, 'unexpected-response'), accepted]) as [unknown, IncomingMessage]
  accepted.catch(() => {})
  let body = ''
  for await (const chunk of response.setEncoding('utf8')) body += chunk as string
  return { status: Number(response.statusCode), body }
}
