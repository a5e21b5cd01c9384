import type { FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'
import type { Server, ServerOptions } from 'socket.io'
import type { SocketContext, TransportName } from './socket.js'

type OriginValue = boolean | string | RegExp
type OriginCallback = (error: Error | null, origin?: OriginValue | OriginValue[]) => void

/** Which origins may use the transports, in the forms that @fastify/cors takes. */
export type OriginOption =
  | OriginValue
  | readonly (string | RegExp)[]
  | ((origin: string, callback: OriginCallback) => void)
  | ((origin: string) => Promise<OriginValue | OriginValue[]>)

export interface CorsOptions {
  /** Origins allowed beside the server's own. Default: none. */
  origin?: OriginOption
  /** Whether answers allow cookies. Default true: the 0.9 client's handshake asks with credentials. */
  credentials?: boolean
}

export interface FlashPolicyOptions {
  /** The policy port: 10843 is what flash clients of 0.8 and later ask. `false`: none. Default 10843. */
  port?: number | false
  /** Where the policy port listens. Default: `127.0.0.1`. */
  host?: string
  /** Answer `<policy-file-request/>` on the HTTP port as well. Default true. */
  inline?: boolean
  /** `host:port` entries; `*` must be written out. Default: derived from the strings in `cors.origin`. */
  allow?: readonly string[]
}

/** A parser as socket.io's `parser` option takes it. */
export interface ParserModule {
  Encoder: new () => { encode (packet: object): (string | Uint8Array)[] }
  Decoder: new () => {
    add (data: unknown): void
    on (event: 'decoded', listener: (packet: never) => void): unknown
    destroy (): void
  }
}

/** Options of the plugin. Times are milliseconds, sizes bytes. */
export interface SocketioTransportsOptions {
  /** URL path of every route, below `prefix`. Default `/socket.io`. */
  path?: string
  /** Fastify's: put before `path`. */
  prefix?: string
  /** The transports offered, in the order in which the handshake names them. */
  transports?: readonly TransportName[]
  /** Time from opening, or the client's last heartbeat, to the next one; `false`: none. Default 25000. */
  heartbeatInterval?: number | false
  /** How long a client may take to answer a heartbeat. Default 60000. */
  heartbeatTimeout?: number
  /** How long a polling client may stay away between two polls. Default 60000. */
  closeTimeout?: number
  /** How long a poll waits before it is answered with nothing. Default 20000. */
  pollingDuration?: number
  /** How long a handshake is kept without a first request. Default 30000. */
  handshakeTimeout?: number
  /** Largest body of a POST and largest WebSocket message. Default 1000000. */
  maxPayload?: number
  /** Largest queue of one session. Default 1 MiB. */
  maxQueueBytes?: number
  /** What happens above `maxQueueBytes`: `close` the client, or `drop` volatile packets first. Default `close`. */
  slowClient?: 'close' | 'drop'
  /** Sessions at a time; more handshakes are refused with 503. Default 100000. */
  maxSessions?: number
  /** Endpoints (namespaces) that one session may hold. Default 100. */
  maxEndpoints?: number
  /** Acknowledgements that one session may have outstanding in each direction; the oldest is forgotten. Default 1000. */
  maxAcks?: number
  /** Cross-origin access. Default: same origin only. */
  cors?: CorsOptions
  /**
   * Decides about a handshake: `false` refuses it (403), a throw fails it (500, or the error's own `statusCode`), anything
   * else is accepted and found as `socket.context`.
   */
  authorize?: (request: FastifyRequest) => SocketContext | boolean | void | Promise<SocketContext | boolean | void>
  /** Makes session ids: `[A-Za-z0-9_-]`, unguessable. Default: 120 random bits. */
  generateId?: (request: IncomingMessage) => string
  /** Flash policy responder. Default off. */
  flashPolicy?: boolean | FlashPolicyOptions
  /** Folder of the old client's files (`socket.io.js` and the two SWF files), served below `path`. Default off. */
  serveClient?: false | string
  /** The official Server on top: one of yours, or the options to make one, found as `app.io`. */
  io?: Server | Partial<ServerOptions>
  /** The parser of the Server on top, when it has one of its own. */
  parser?: ParserModule
}
