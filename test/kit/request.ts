// HTTP requests by node:http, which end as a whole. For bytes that node:http does not send take `kit/raw`.
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { scriptHeaders } from './script.js'

export interface Answer { status: number, headers: IncomingHttpHeaders, body: string }

export interface RequestInit { method?: string, body?: string | Uint8Array, headers?: Record<string, string>, agent?: Agent }

/** A request whose answer is awaited, or not. */
export interface Asked {
  readonly request: ClientRequest
  /** @throws when the connection breaks before the answer is whole */
  readonly answer: Promise<{ status: number, headers: IncomingHttpHeaders, body: Buffer }>
}

/** Makes a request; one by a script says that it is of the server's own page. */
export function ask (url: string, { method = 'GET', body, headers = {}, agent }: RequestInit = {}): Asked {
  const request = httpRequest(url, { method, headers: { ...scriptHeaders(url), ...headers }, ...(agent && { agent }) })
  if (body !== undefined) request.setHeader('content-length', Buffer.byteLength(body))
  request.end(body)
  const answer = once(request, 'response').then(async ([response]: IncomingMessage[]) => {
    const { statusCode, headers } = response as IncomingMessage
    return { status: Number(statusCode), headers, body: await buffer(response as IncomingMessage) }
  })
  answer.catch(() => {})
  request.on('error', () => {})
  return { request, answer }
}

/** One request, its answer as text. */
export async function fetchText (url: string, init: RequestInit = {}): Promise<Answer> {
  const { status, headers, body } = await ask(url, init).answer
  return { status, headers, body: body.toString() }
}

/** Asks an app for an upgrade; resolves with the answer once its connection is closed on both sides, if it is no 101. */
export async function requestUpgrade (app: FastifyInstance, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const closed = new Promise((resolve) => app.server.once('connection', (socket) => socket.once('close', resolve)))
  const request = httpRequest({
    port,
    host: '127.0.0.1',
    path,
    method,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers
    }
  })
  return await new Promise((resolve, reject) => {
    request.on('error', reject)
    request.on('upgrade', (response, socket) => {
      socket.destroy()
      resolve({ status: 101, headers: response.headers, body: '' })
    })
    request.on('response', (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { body += chunk })
      const answer = (): void => {
        closed.then(() => resolve({ status: Number(response.statusCode), headers: response.headers, body }), reject)
      }
      response.socket.once('close', answer)
      if (response.socket.destroyed) answer()
    })
    request.end()
  })
}
