// Listens for links of other nodes, on a listener of its own.
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { Accepted } from './accepted.js'
import { PROOF_TIMEOUT } from './handshake.js'
import { MAX_MESSAGE } from './messages.js'
import { LogOnce } from './once.js'
import type { LinkAddress, LinkListener, ListenOptions } from './types.js'

/** Connections that have not proven themselves. When there is one more, the oldest is destroyed: a node needs a few milliseconds. */
const MAX_STRANGERS = 64
/** Connections in all. */
const MAX_CONNECTIONS = 4096
/** Bytes of the head of a request. */
const MAX_HEAD = 4096
/** Time for the other nodes to read what waits, and to answer that this one leaves, ms. */
const CLOSING = 1000
const SILENT = `it has sent no request in ${PROOF_TIMEOUT / 1000} s`
/** The path of the WebSocket. */
export const PATH = '/socketio-link'

function newServer ({ tls }: ListenOptions): Server {
  const options = { maxHeaderSize: MAX_HEAD, headersTimeout: PROOF_TIMEOUT, requestTimeout: PROOF_TIMEOUT, connectionsCheckingInterval: PROOF_TIMEOUT / 5 }
  if (tls === undefined) return createServer(options)
  const { ca, cert, key } = tls
  return createTlsServer({ ...options, ca, cert, key, requestCert: true, rejectUnauthorized: true, handshakeTimeout: PROOF_TIMEOUT })
}

function listenAt (server: Server, address: LinkAddress): Promise<LinkAddress> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // A worker of node:cluster would share the port with the other workers, and get links that are for them.
    server.listen({ ...address, exclusive: true }, () => {
      server.off('error', reject)
      const bound = server.address()
      resolve('path' in address || bound === null || typeof bound === 'string' ? address : { host: address.host, port: bound.port })
    })
  })
}

/** Identifies a connection. That of TLS has the same address and port as that of TCP below it. */
const keyOf = (connection: Socket): string | Socket => connection.remotePort === undefined ? connection : `${connection.remoteAddress} ${connection.remotePort}`

/** Connections whose other side has not proven itself, oldest first. */
class Strangers {
  readonly #connections = new Map<string | Socket, Socket>()

  add (connection: Socket): void {
    const key = keyOf(connection)
    this.#connections.set(key, connection)
    connection.once('close', () => { if (this.#connections.get(key) === connection) this.#connections.delete(key) })
    if (this.#connections.size <= MAX_STRANGERS) return
    const { value: oldest } = this.#connections.entries().next()
    if (oldest === undefined) return
    this.#connections.delete(oldest[0])
    oldest[1].destroy()
  }

  /** It has proven itself. */
  remove (connection: Socket): void { this.#connections.delete(keyOf(connection)) }
}

/** Starts to listen. Rejects when that is not possible. */
export async function listenForLinks (options: ListenOptions): Promise<LinkListener> {
  const { host: { log } } = options
  const once = new LogOnce(log)
  const strangers = new Strangers()
  const links = new Set<Accepted>()
  const connections = new Set<Duplex>()
  const server = newServer(options)
  server.maxConnections = MAX_CONNECTIONS
  const webSockets = new WebSocketServer({ noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MAX_MESSAGE })

  /** Refuses what is no node, and logs it once for its address. */
  function refuse (connection: Duplex & { remoteAddress?: string | undefined }, reason: string): void {
    once.warn({ address: connection.remoteAddress ?? 'unix' }, `connection to the port for links refused: ${reason}`)
    connection.destroy()
  }

  server.on('connection', (connection: Socket) => {
    strangers.add(connection)
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
  })
  server.on('request', ({ socket }, response) => {
    response.writeHead(404, { connection: 'close' }).end(() => refuse(socket, 'it sends HTTP requests; the application has another port'))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => refuse(socket, error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? SILENT : 'it does not speak HTTP'))
  server.on('tlsClientError', (error, socket) => refuse(socket, `TLS: ${error.message}`))
  server.on('upgrade', (request: IncomingMessage, socket, head) => {
    if (request.url !== PATH) return refuse(socket, 'its WebSocket is no link')
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      const accepted = new Accepted({
        options,
        socket: webSocket,
        address: request.socket.remoteAddress ?? 'unix',
        log,
        once,
        onProven: () => strangers.remove(request.socket),
        onEnd: () => links.delete(accepted)
      })
      links.add(accepted)
    })
  })
  const address = await listenAt(server, options.listen)
  server.on('error', (error) => log.error({ err: error }, 'the listener for links has failed'))
  return {
    address,
    announce () { for (const link of links) link.announce() },
    async close () {
      const closed = new Promise<void>((resolve) => { server.close(() => resolve()) })
      for (const link of links) link.close()
      const timer = setTimeout(() => { for (const connection of connections) connection.destroy() }, CLOSING)
      await closed
      clearTimeout(timer)
    }
  }
}
