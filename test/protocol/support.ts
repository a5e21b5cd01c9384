// What the protocol suites share: the application they run against, and clients that know nothing but bytes.
import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { scriptHeaders } from '../kit/script.js'
import type { Teardown } from '../kit/teardown.js'

/** The times (ms) and the size (bytes) that the published suites expect to read. */
export const SUITE = { pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000 }

/**
 * Starts an example, and tells its origin. `SUITE_URL=http://localhost:3000` names a server that runs already, of whatever make, with the
 * settings of {@link SUITE}. engine.io 6.6 passes but for what is better here: it has no JSON in refused upgrades, upgrades requests of no
 * version (and with `allowEIO3` takes every version for 3), and answers a POST that cannot be read with `ok`.
 */
export async function start (t: Teardown, example: string, config: object): Promise<string> {
  const running = process.env['SUITE_URL']
  if (running !== undefined) return running
  const child = spawn(process.execPath, [`examples/${example}.js`, '--port', '0', '--config', JSON.stringify(config)], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  const died = once(child, 'exit').then(([code]) => { throw new Error(`${example} ended with ${code}`) })
  died.catch(() => {})
  const [line] = await Promise.race([once(createInterface(child.stdout), 'line'), died]) as [string]
  return line.replace('listening on ', '')
}

export interface Answer { status: number, type: string | null, body: string, bytes: Buffer }

/** One request, its answer whole. */
export async function ask (url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { ...init, headers: { ...scriptHeaders(url), ...init.headers } })
  const bytes = Buffer.from(await response.arrayBuffer())
  return { status: response.status, type: response.headers.get('content-type'), body: bytes.toString(), bytes }
}

/** A WebSocket that is read message by message: texts as strings, binary messages as Buffers. */
export class Wire {
  readonly #socket: WebSocket
  readonly #messages: AsyncIterator<unknown[]>
  /** The close code, once it is closed; 1006 also when it was never opened. */
  readonly closed: Promise<number>

  constructor (url: string) {
    this.#socket = new WebSocket(url.replace('http:', 'ws:'), { perMessageDeflate: false })
    this.#messages = on(this.#socket, 'message', { close: ['close'] })
    this.closed = new Promise((resolve) => this.#socket.once('close', resolve))
  }

  async open (): Promise<void> { await once(this.#socket, 'open') }

  /** The next message. @throws when there will be none. */
  async next (): Promise<string | Buffer> {
    const { done, value } = await this.#messages.next()
    if (done === true) throw new Error('the WebSocket is closed')
    const [data, isBinary] = value as [Buffer, boolean]
    return isBinary ? data : String(data)
  }

  async take (count: number): Promise<(string | Buffer)[]> {
    const messages = []
    while (messages.length < count) messages.push(await this.next())
    return messages
  }

  send (...messages: (string | Uint8Array)[]): void {
    for (const message of messages) this.#socket.send(message)
  }

  close (): void { this.#socket.terminate() }
}

/** A WebSocket whose open packet, or whatever comes first, has been read. */
export async function opened (url: string): Promise<{ wire: Wire, first: string }> {
  const wire = new Wire(url)
  return { wire, first: String(await wire.next()) }
}

/** How the request for a WebSocket is refused. */
export async function refusal (url: string): Promise<{ status: number, body: string }> {
  const socket = new WebSocket(url.replace('http:', 'ws:'))
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
