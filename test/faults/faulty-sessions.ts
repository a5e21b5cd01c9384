// Sessions of every dialect behind the proxy, seen alike: numbered messages go both ways, and what has arrived is noted at both ends.
import type { Test } from 'tap'
import type { SocketioTransportsOptions } from '../../types/options.js'
import type { EndReason } from '../../types/reasons.js'
import type { Socket } from '../../types/socket.js'
import { twoClusters } from '../kit/cluster/two-clusters.js'
import { serve } from '../kit/revision-1/server.js'
import type { TestServer } from '../kit/revision-1/server.js'
import { toMessage } from './polling-clients.js'
import type { Carrier, Line } from './polling-clients.js'
import { ON_TWO_NODES, portBefore } from './two-nodes.js'
import { proxyBefore } from '../kit/network/breaking-proxy.js'
import type { Proxy } from '../kit/network/breaking-proxy.js'
import { ALL } from '../kit/revision-1/client.js'

/** A session, as the server sees it. */
export interface Session {
  readonly socket: Socket
  /** What the application has heard. */
  readonly heard: readonly number[]
  /** How it ended; nothing as long as it has not. */
  readonly ends: readonly EndReason[]
  /** The application says so many more, each with this behind it. */
  say (count: number, data?: string): void
}

/** The same, with its client, which polls. */
export interface Faulty extends Session {
  readonly proxy: Proxy
  readonly line: Line
}

/** A server behind the proxy, which has no fault yet. */
export interface FaultyServer {
  readonly server: TestServer
  readonly proxy: Proxy
  session (sid: string): Session
  /** A polling session that has connected. */
  connect (carrier: Carrier): Promise<Faulty>
}

function watch (socket: Socket): Session {
  const heard: number[] = []
  const ends: EndReason[] = []
  if (socket.dialect === 'revision 1') socket.on('packet', (packet) => { if (packet.type === 'message') heard.push(parseInt(packet.data)) })
  else socket.on('data', (data) => { heard.push(parseInt(String(data))) })
  socket.on('close', (_reason, details) => ends.push(details.reason))
  let said = 0
  function say (count: number, data = ''): void {
    for (let i = 0; i < count; i++, said++) {
      if (socket.dialect === 'revision 1') socket.send({ type: 'message', data: `${said}${data}` })
      else socket.write(toMessage(said, data))
    }
  }
  return { socket, heard, ends, say }
}

export async function start (t: Test, options: SocketioTransportsOptions = {}): Promise<FaultyServer> {
  const settings: SocketioTransportsOptions = { transports: [...ALL, 'polling'], ...options }
  const clusters = ON_TWO_NODES ? await twoClusters() : undefined
  const server = await serve(t, { ...settings, ...(clusters && { cluster: clusters[0] }) })
  const sessions = new Map<string, Session>()
  server.app.socketio.on('connection', (socket) => sessions.set(socket.id, watch(socket)))
  const proxy = await proxyBefore(t, clusters === undefined ? server.port : await portBefore(t, server.app, clusters, { ...settings, cluster: clusters[1] }))

  function session (sid: string): Session {
    const found = sessions.get(sid)
    if (found === undefined) throw new Error(`no session ${sid}`)
    return found
  }

  async function connect (carrier: Carrier): Promise<Faulty> {
    const line = await carrier.open(proxy.port)
    t.teardown(() => line.close())
    return { ...session(line.sid), proxy, line }
  }

  return { server, proxy, session, connect }
}

/** The client polls until it has read this message, or is told that the session is over. */
export async function readOn ({ line }: Pick<Faulty, 'line'>, last: number): Promise<number[] | 'over'> {
  const numbers: number[] = []
  while (numbers.at(-1) !== last) {
    const polled = await line.poll().outcome
    if (polled === 'over') return polled
    if (polled === 'broken') throw new Error('a poll broke that nobody has cut')
    numbers.push(...polled)
  }
  return numbers
}
