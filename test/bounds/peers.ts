// One session over each transport of each dialect, as the tests of bounds see it: the server's Socket at one end, and at the other a client
// that sends, reads, or holds something open and does not read it.
import type { Socket as TcpSocket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { SocketioTransportsOptions } from '../../types/options.js'
import type { EndReason } from '../../types/reasons.js'
import type { Socket } from '../../types/socket.js'
import { ALL, isPolling, isWebSocket } from '../kit/revision-1/client.js'
import { isWebSocket as isWire, WAYS as ENGINE_WAYS } from '../kit/engine-io/client.js'
import type { Way as EngineWay } from '../kit/engine-io/client.js'
import { rawWebSocket } from '../kit/raw/websocket.js'
import { serve } from '../kit/revision-1/server.js'
import type { Session } from '../kit/revision-1/server.js'
import type { Revision1Transport } from '../../src/transports/index.js'
import { until } from '../kit/waiting.js'
import type { Teardown } from '../kit/teardown.js'
import { serveEngine } from '../kit/engine-io/server.js'
import type { Eio } from '../kit/engine-io/payload.js'
import type { EngineSession } from '../kit/engine-io/server.js'
import { unreadGet } from '../kit/raw/unread.js'

/** What a text that waits takes of memory beside its frame, bytes. */
export const OVERHEAD = 96

/** A session, seen from both ends. */
export interface Peer {
  readonly app: FastifyInstance
  readonly port: number
  readonly socket: Socket
  /** How it has ended. */
  readonly ended: { count: number, reason?: string, end?: EndReason, cause?: Error | undefined }
  /** The texts that the application has been told. */
  readonly heard: string[]
  /** Bytes that a text takes besides its own, as a frame. */
  readonly head: number
  /** Sends a text to the client. */
  say (text: string, volatile?: boolean): void
  /** The client sends texts, as one payload where the transport has payloads. */
  tell (...texts: string[]): Promise<void>
  /** The next text that the client reads. */
  hear (): Promise<string>
  /** The client holds open what its transport holds open, and reads nothing of it until the connection is resumed. */
  deaf (): Promise<TcpSocket>
  /** The code that its WebSocket is closed with; never of other transports. */
  closeCode (): Promise<number | undefined>
  /** A further session in the same app. */
  another (): Promise<Peer>
}

/** A transport of a dialect. */
export interface Way {
  readonly name: string
  readonly kind: 'poll' | 'stream' | 'websocket'
  /** An app of its own, and a session there. */
  start (t: Teardown, options?: SocketioTransportsOptions): Promise<Peer>
}

/** Ends of sessions are noted before anything else happens to them. */
function watch (socket: Socket): Peer['ended'] {
  const ended: Peer['ended'] = { count: 0 }
  socket.on('close', (reason, { reason: end, cause }) => Object.assign(ended, { count: ended.count + 1, reason, end, cause }))
  return ended
}

/** A GET on a connection of its own that nobody reads; the server has it. */
async function deafGet (t: Teardown, url: string, { server }: FastifyInstance): Promise<TcpSocket> {
  const { pathname, search, host } = new URL(url)
  const taken = new Promise<void>((resolve) => {
    server.on('request', function take (request) {
      if (request.url !== pathname + search || request.headers.host !== host) return
      server.off('request', take)
      resolve()
    })
  })
  const tcp = unreadGet(t, url).pause()
  await taken
  return tcp
}

/** A WebSocket that nobody reads, and to which the session has moved. */
async function deafWebSocket (t: Teardown, url: string, socket: Socket): Promise<TcpSocket> {
  const { transport } = socket
  const raw = await rawWebSocket(t, url)
  raw.socket.pause()
  await until(() => socket.transport !== transport)
  return raw.socket
}

// ---- revision 1

function ofRevision1 (t: Teardown, server: Awaited<ReturnType<typeof serve>>, name: Revision1Transport, session: Session): Peer {
  const { client, socket } = session
  const heard: string[] = []
  socket.on('packet', (packet) => { if (packet.type === 'message') heard.push(packet.data) })
  return {
    app: server.app,
    port: server.port,
    socket,
    ended: watch(socket),
    heard,
    head: '3:::'.length,
    say: (data, volatile = false) => { socket.send({ type: 'message', data }, { volatile }) },
    tell: (...texts) => client.send(...texts.map((text) => `3:::${text}`)),
    hear: async () => (await client.next()).slice('3:::'.length),
    async deaf () {
      const tcp = isWebSocket(name) ? await deafWebSocket(t, client.url, socket) : await deafGet(t, client.url, server.app)
      t.teardown(() => tcp.destroy())
      return tcp
    },
    closeCode: async () => (await client.held?.ended)?.code,
    async another () { return ofRevision1(t, server, name, await server.connect(name)) }
  }
}

const revision1 = (name: Revision1Transport): Way => ({
  name: `revision 1, ${name}`,
  kind: isWebSocket(name) ? 'websocket' : isPolling(name) ? 'poll' : 'stream',
  async start (t, options) {
    const server = await serve(t, options)
    return ofRevision1(t, server, name, await server.connect(name))
  }
})

// ---- Engine.IO

function ofEngine (t: Teardown, server: Awaited<ReturnType<typeof serveEngine>>, { client, socket, heard, closed }: EngineSession): Peer {
  return {
    app: server.app,
    port: server.port,
    socket,
    ended: closed,
    heard: heard as string[],
    head: '4'.length,
    say: (data, volatile = false) => { socket.write(data, { volatile }) },
    tell: (...texts) => client.send(...texts.map((text) => `4${text}`)),
    hear: async () => String(await client.next()).slice('4'.length),
    async deaf () {
      if (client.wire !== undefined) {
        client.wire.socket.pause()
        return (client.wire.socket as unknown as { _socket: TcpSocket })._socket
      }
      const tcp = await deafGet(t, client.url('polling'), server.app)
      t.teardown(() => tcp.destroy())
      return tcp
    },
    closeCode: async () => await client.wire?.closed,
    async another () { return ofEngine(t, server, await server.connect(client.eio, client.way)) }
  }
}

const engine = (eio: Eio, way: EngineWay): Way => ({
  name: `engine ${eio}, ${way}`,
  kind: isWire(way) ? 'websocket' : 'poll',
  async start (t, options) {
    const server = await serveEngine(t, options)
    return ofEngine(t, server, await server.connect(eio, way))
  }
})

/** Every transport of revision 1. */
export const REVISION_1: readonly Way[] = ALL.map(revision1)
/** Every transport of Engine.IO 3 and 4. */
export const ENGINE: readonly Way[] = ENGINE_WAYS.flatMap((way) => [engine(3, way), engine(4, way)])
/** Every transport of every dialect. */
export const WAYS: readonly Way[] = [...REVISION_1, ...ENGINE]
