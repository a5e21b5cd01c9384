// Requests of pages by TLS, as a proxy gets them: with the headers that tell whose page it is, from an address of the loopback network.
import { once } from 'node:events'
import { request as httpsRequest } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { withProgress } from '../kit/progress.js'

export interface PageRequest {
  method?: string
  body?: string
  headers?: Record<string, string>
  /** The address of the client. */
  from?: string
}

/** The answer, as soon as its head is there. A WebSocket is closed when it is open. */
export async function open (url: string, { method = 'GET', body, headers = {}, from = '127.0.0.1' }: PageRequest = {}): Promise<IncomingMessage> {
  const request = httpsRequest(url, { method, headers, localAddress: from, rejectUnauthorized: false, agent: false })
  const upgraded = once(request, 'upgrade').then(([response, socket]) => {
    socket.destroy()
    return response as IncomingMessage
  })
  upgraded.catch(() => {})
  request.end(body)
  return await withProgress('answer', Promise.race([upgraded, once(request, 'response').then(([response]) => response as IncomingMessage)]))
}

/** The whole answer. */
export async function fetchPage (url: string, init?: PageRequest): Promise<{ status: number, body: string }> {
  const response = await open(url, init)
  return { status: Number(response.statusCode), body: response.statusCode === 101 ? '' : await text(response) }
}

/** Reads an answer that goes on, until it contains a text. @throws when it ends before */
export async function readUntil (stream: Readable, wanted: string): Promise<string> {
  let seen = ''
  const found = (async () => {
    for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
      seen += String(chunk)
      if (seen.includes(wanted)) return seen
    }
    throw new Error(`the stream has ended without ${wanted}: ${seen}`)
  })()
  return await withProgress(`${wanted} on the stream`, found)
}

/** The headers of a WebSocket's handshake. */
export const UPGRADE = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }
