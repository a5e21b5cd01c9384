// Requests of polling clients. What answers hold is thrown away, but for the one that names the session.
import { Agent, request as httpRequest } from 'node:http'
import type { ClientRequest } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

export interface Request {
  readonly port: number
  readonly path: string
  /** Makes it a POST. */
  readonly body?: Buffer
  readonly type?: string
}

export interface Answer { status: number, body: string }

/** Of an answer, more than this is not kept; characters. */
const KEPT = 200
/** Between two polls; ms. */
const BETWEEN = 3

/** One client's connections. */
export class Http {
  readonly #agent = new Agent({ keepAlive: true })
  readonly #under = new Set<ClientRequest>()
  #closed = false

  /** Status 0: it broke. */
  ask ({ port, path, body, type = 'text/plain;charset=UTF-8' }: Request): Promise<Answer> {
    return new Promise((resolve) => {
      if (this.#closed) return resolve({ status: 0, body: '' })
      const headers = body === undefined ? {} : { 'content-type': type, 'content-length': body.length }
      const request = httpRequest({ agent: this.#agent, host: '127.0.0.1', port, path, headers, method: body === undefined ? 'GET' : 'POST' })
      this.#under.add(request)
      let text = ''
      request.once('close', () => {
        this.#under.delete(request)
        resolve({ status: 0, body: text }) // where the answer did not end
      })
      request.on('error', () => {}).once('response', (response) => {
        response.on('error', () => {}).on('data', (chunk: Buffer) => { if (text.length < KEPT) text += chunk.toString('latin1', 0, KEPT) })
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      })
      request.end(body)
    })
  }

  /** Polls until an answer says that it is over. */
  async poll (request: Request): Promise<void> {
    while (!this.#closed && (await this.ask(request)).status === 200) await pause(BETWEEN)
  }

  close (): void {
    this.#closed = true
    for (const request of this.#under) request.destroy()
    this.#agent.destroy()
  }
}
