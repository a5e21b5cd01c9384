// Sessions of Engine.IO by inject, without a socket: what a polling client asks, and what it reads.
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { opened, WebSocketClient } from '../websocket.js'
import { HttpEndpoint } from './http-endpoint.js'
import { readOpen } from './payload.js'
import type { Dialect, Handshake } from './payload.js'
import type { Engine } from '../../../types/engine.js'
import type { Socket } from '../../../types/socket.js'

/** A URL of the default path; `query` is added to what all have. */
export const urlOf = (eio: number, transport: string, query = ''): string => `/socket.io/?EIO=${eio}&transport=${transport}${query}`

/** A session of a polling client. */
export interface Polling {
  readonly sid: string
  readonly url: string
  readonly socket: Socket
  /** The terms in the open packet. */
  readonly terms: Handshake
  /** The packets that came with it. */
  readonly first: string[]
  /** One poll's packets. @throws when it is not answered with 200 */
  poll (): Promise<string[]>
  /** POSTs packets. */
  send (...packets: string[]): Promise<LightMyRequestResponse>
  /** POSTs a body as it stands. */
  post (payload: string | Buffer, headers?: Record<string, string>): Promise<LightMyRequestResponse>
}

/** @param query added to the handshake's */
export async function connectEngine (app: FastifyInstance, { eio, body, packets }: Dialect, query = ''): Promise<Polling> {
  const handshake = await app.inject(urlOf(eio, 'polling', query))
  if (handshake.statusCode !== 200) throw new Error(`the handshake is answered with ${handshake.statusCode} ${handshake.body}`)
  const [open, ...first] = packets(handshake.rawPayload)
  const terms = readOpen(open)
  const url = urlOf(eio, 'polling', `&sid=${terms.sid}`)
  const socket = app.socketio.sessions.get(terms.sid)
  if (socket === undefined) throw new Error('the session has ended already')
  const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    app.inject({ method: 'POST', url, payload, headers: { 'content-type': 'text/plain;charset=UTF-8', ...headers } })
  return {
    sid: terms.sid,
    url,
    socket,
    terms,
    first,
    post,
    send: (...list) => post(body(...list)),
    async poll () {
      const answer = await app.inject(url)
      if (answer.statusCode !== 200) throw new Error(`a poll is answered with ${answer.statusCode} ${answer.body}`)
      return packets(answer.rawPayload)
    }
  }
}

/** What is refused, as the client is told. */
export interface Refused { status: number, code: number, message: string }

export async function refusedBy (app: FastifyInstance, options: InjectOptions | string): Promise<Refused> {
  const { statusCode, headers, body } = await app.inject(options)
  if (headers['content-type'] !== 'application/json; charset=utf-8' && headers['content-type'] !== 'application/json') {
    throw new Error(`refused by ${statusCode} ${String(headers['content-type'])} ${body}`)
  }
  return { status: statusCode, ...JSON.parse(body) as { code: number, message: string } }
}

/** Says each message back; revision 1 is left as it is. */
export function echo (engine: Engine): void {
  engine.on('connection', (socket) => {
    if (socket.dialect !== 'revision 1') socket.on('data', (data) => { socket.write(data) })
  })
}

/** What an app that echoes tells a client that polls, then moves to a WebSocket, and then one that begins there. @param base origin and path */
export async function echoesOf (base: string, dialect: Dialect): Promise<unknown[]> {
  const endpoint = new HttpEndpoint(base, dialect)
  const session = await endpoint.poll()
  const posted = await session.send('4polled')
  const polled = dialect.packets((await session.get()).bytes)
  const moved = new WebSocketClient(session.webSocket)
  await moved.opened
  moved.send('2probe')
  const probed = await moved.next()
  moved.send('5', '4moved')
  const { wire } = await opened(endpoint.url('websocket'))
  wire.send('4direct')
  const answers = [posted.body, ...polled, probed, await moved.next(), await wire.next()]
  for (const one of [moved, wire]) {
    one.close()
    await one.closed
  }
  return answers
}

/** What {@link echoesOf} tells where all is well. */
export const ECHOES = ['ok', '4polled', '3probe', '4moved', '4direct']
