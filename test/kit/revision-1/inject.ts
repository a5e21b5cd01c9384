// Sessions of revision 1 of an app that need no port, by inject; and on its port, where they need a WebSocket.
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { portOf } from '../servers/app.js'
import { openWebSocket } from '../websocket.js'
import type { WebSocketClient } from '../websocket.js'

/** The session id in a handshake's answer. */
export const sidOf = ({ body }: { body: string }): string => body.slice(0, body.indexOf(':'))

/** Handshakes by inject; the session's id. */
export async function handshake (app: FastifyInstance, base = '/socket.io', query = ''): Promise<string> {
  const response = await app.inject(`${base}/1/${query}`)
  if (response.statusCode !== 200) throw new Error(`handshake answered ${response.statusCode} ${response.body}`)
  return sidOf(response)
}

export const poll = (app: FastifyInstance, sid: string, base = '/socket.io'): Promise<LightMyRequestResponse> =>
  app.inject(`${base}/1/xhr-polling/${sid}`)

export const post = (app: FastifyInstance, sid: string, payload: string, base = '/socket.io'): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'POST', url: `${base}/1/xhr-polling/${sid}`, payload })

/** Handshakes and polls once: the session is connected, and `1::` is read. */
export async function connectPolling (app: FastifyInstance, base = '/socket.io', query = ''): Promise<string> {
  const sid = await handshake(app, base, query)
  const { body } = await poll(app, sid, base)
  if (body !== '1::') throw new Error(`the first poll answered ${body}`)
  return sid
}

/** A session on a WebSocket, its `1::` read. */
export async function connectWebsocket (app: FastifyInstance, base = '/socket.io', query = ''): Promise<WebSocketClient & { sid: string }> {
  const port = await portOf(app)
  const sid = await handshake(app, base, query)
  const client = await openWebSocket(`ws://127.0.0.1:${port}${base}/1/websocket/${sid}`)
  const first = await client.next()
  if (first !== '1::') throw new Error(`the first frame is ${String(first)}`)
  return Object.assign(client, { sid })
}
