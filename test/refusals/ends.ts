// Ends of sessions on WebSockets, and the close codes that clients get.
import type { FastifyInstance } from 'fastify'
import type { SocketioTransportsOptions } from '../../types/options.js'
import type { EndReason } from '../../types/reasons.js'
import { portOf } from '../kit/servers/app.js'
import { opened } from '../kit/websocket.js'
import type { WebSocketClient } from '../kit/websocket.js'

interface End {
  readonly reason: EndReason
  readonly options: SocketioTransportsOptions
  /** Ends the session; returns the close code. */
  readonly end: (app: FastifyInstance) => Promise<number>
}

type Act = (wire: WebSocketClient, app: FastifyInstance) => unknown

const endBy = (act: Act): End['end'] => async (app) => {
  const { wire } = await opened(`http://127.0.0.1:${await portOf(app)}/socket.io/?EIO=4&transport=websocket`)
  act(wire, app)
  return await wire.closed
}

const session = (app: FastifyInstance) => [...app.socketio.sessions.values()][0]

export const ENDS: readonly End[] = [
  { reason: 'parse error', options: {}, end: endBy((wire) => wire.send('x')) },
  { reason: 'payload too large', options: { maxPayload: 100 }, end: endBy((wire) => wire.send('4'.repeat(101))) },
  { reason: 'too many packets', options: { maxPacketsPerSecond: 2 }, end: endBy((wire) => wire.send(...Array<string>(10).fill('3'))) },
  { reason: 'protocol violation', options: {}, end: endBy(({ socket }) => Object(socket)._socket.write(Buffer.of(0xff, 0x80, 0, 0, 0, 0))) },
  { reason: 'closed by server', options: {}, end: endBy((_, app) => session(app)?.close()) },
  { reason: 'server closing', options: {}, end: endBy((_, app) => app.socketio.close()) },
  { reason: 'server draining', options: {}, end: endBy((_, app) => app.socketio.drain(1000)) }
]
