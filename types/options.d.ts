import type { FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'
import type { ZlibOptions } from 'node:zlib'
import type { Server, ServerOptions } from 'socket.io'
import type { SerializeOptions } from 'cookie'
import type { DialectName, SocketContext, TransportName } from './socket.js'

/** `true`: every origin. `false`: none. A string: exactly this one. A regular expression: those that match. */
type OriginValue = boolean | string | RegExp
type OriginCallback = (error: Error | null | undefined, origin?: OriginValue | readonly OriginValue[]) => void

/**
 * Which origins may use the transports, in the forms that @fastify/cors takes: a value, a list of strings and regular
 * expressions, or a function of the request's `Origin`. It answers by its callback, or by what it returns: a value, a list, or a
 * promise of these; a value counts where it takes no callback. A function that fails, or has not answered within `handshakeTimeout`,
 * refuses the request (403).
 */
export type OriginOption =
  | OriginValue
  | readonly (string | RegExp)[]
  | ((origin: string, callback: OriginCallback) => void)
  | ((origin: string) => OriginValue | readonly OriginValue[] | PromiseLike<OriginValue | readonly OriginValue[]>)

/** Cross-origin access: what `cors` takes. */
export interface CorsOptions {
  /** Origins allowed beside the server's own; others are refused with 403. Default: none. */
  origin?: OriginOption
  /** Whether answers allow cookies. Default true: the 0.9 client's handshake asks with credentials. */
  credentials?: boolean
}

/**
 * The cookie of the session id: what `cookie` takes, and the package of that name. Default: `io`, for the path `/`, `HttpOnly` and
 * `SameSite=Lax`.
 */
export interface CookieOptions extends Omit<SerializeOptions, 'encode'> {
  name?: string
}

/** Compression of WebSocket messages: what `perMessageDeflate` takes, and the package ws (whose defaults these are). */
export interface DeflateOptions {
  /** Messages below this many bytes are sent as they are. Default 1024. */
  threshold?: number
  /** How many messages are compressed at a time, in the whole process. Default 10. */
  concurrencyLimit?: number
  serverNoContextTakeover?: boolean
  clientNoContextTakeover?: boolean
  serverMaxWindowBits?: number
  clientMaxWindowBits?: number
  zlibDeflateOptions?: Pick<ZlibOptions, 'flush' | 'finishFlush' | 'chunkSize' | 'windowBits' | 'level' | 'memLevel' | 'strategy'>
  zlibInflateOptions?: ZlibOptions
}

/** The Flash policy responder: what `flashPolicy` takes. */
export interface FlashPolicyOptions {
  /**
   * The TCP port of the policy: 10843 is what flash clients of 0.8 and later ask. 0: any free one. `false`: none.
   * A port that is taken fails `app.ready()`. Default 10843.
   */
  port?: number | false
  /** The address that the policy port listens on. Default `127.0.0.1`. */
  host?: string
  /** Answer `<policy-file-request/>` on the HTTP port as well. Default true. */
  inline?: boolean
  /**
   * `host:port` entries; `*` must be written out. Default: `host:*` for each string in `cors.origin`; where there is
   * none, this option is required (FST_SIO_BAD_OPTION).
   */
  allow?: readonly string[]
}

/** A parser as socket.io's `parser` option takes it: the module of socket.io-parser, or one made like it. */
export interface ParserModule {
  Encoder: new () => { encode (packet: object): unknown }
  Decoder: new () => {
    add (data: unknown): void
    on (event: 'decoded', listener: (packet: unknown) => void): unknown
    destroy (): void
  }
}

/**
 * Options of the plugin. Times are milliseconds, from 1 to 2^31 - 1; sizes are bytes.
 *
 * Registration fails with FST_SIO_BAD_OPTION, which names the option and what is allowed, for a wrong or unknown option;
 * with FST_SIO_MISSING_PEER when `io` or `serveClient` needs a package that is not installed; with
 * FST_SIO_ALREADY_REGISTERED for a second registration in one scope; and with FST_SIO_UNSUPPORTED_VERSION, which names it, when a
 * library or Node lacks what the plugin needs of it.
 */
export interface SocketioTransportsOptions {
  /** URL path of every route, below `prefix`: a slash before each segment, none at the end. Default `/socket.io`. */
  path?: string
  /** Fastify's: put before `path`. Default: none. */
  prefix?: string
  /**
   * The protocol generations spoken; requests of the others are refused. Default: all,
   * `['revision 1', 'engine 3', 'engine 4']`.
   */
  dialects?: readonly DialectName[]
  /**
   * Whether requests of Engine.IO that name no version (`EIO`) speak 3, as those of old Swift clients do; they are refused
   * otherwise. Default false.
   */
  assumeEngine3?: boolean
  /**
   * The transports offered. Revision 1's handshake names its own in this order, and clients try them so. `websocket` is of every
   * dialect, `polling` of Engine.IO (XHR and JSONP), the others of revision 1. Default
   * `['websocket', 'htmlfile', 'xhr-polling', 'jsonp-polling', 'polling']`.
   */
  transports?: readonly TransportName[]
  /** Engine.IO: time between two pings, which the server sends in 4, and the client in 3. Default 25000. */
  pingInterval?: number
  /** Engine.IO: how long the other side may take to answer a ping. Default 20000. */
  pingTimeout?: number
  /** Engine.IO: whether a session may move from polling to a WebSocket. Default true. */
  allowUpgrades?: boolean
  /** Engine.IO: how long that may take, before the WebSocket is closed and polling goes on. Default 10000. */
  upgradeTimeout?: number
  /**
   * Revision 1: time from opening, or the client's last heartbeat, to the next one, on streams and WebSockets; `false`: none, which
   * 0.9 clients do not live with (logged as a warning). Default 25000.
   */
  heartbeatInterval?: number | false
  /** Revision 1: how long a client may take to answer a heartbeat, before its session ends with `ping timeout`. Default 60000. */
  heartbeatTimeout?: number
  /**
   * Revision 1: how long a client may stay away between two polls, before its session ends with `ping timeout`. Engine.IO: how
   * long what is queued waits for a client whose session the server has closed. Default 60000.
   */
  closeTimeout?: number
  /** Revision 1: how long a poll waits before it is answered with nothing; in Engine.IO heartbeats do that. Default 20000. */
  pollingDuration?: number
  /**
   * How long a handshake may take: `authorize` and `generateId` have this time to answer (then it is refused with 503), as has a function in
   * `cors.origin` (403), and in revision 1 the first request has it to come. Default 30000.
   */
  handshakeTimeout?: number
  /**
   * Largest body of a POST (more: 413) and largest WebSocket message (more: the connection is closed with 1009). A
   * @fastify/websocket that the application registered before keeps its own limit for messages, and its `perMessageDeflate`. Default 1000000.
   */
  maxPayload?: number
  /** Packets in one POST. More: 413, and nothing of it is delivered. Default 10000. */
  maxPackets?: number
  /**
   * Packets that one session may send in a second, in one go or spread over it; more end it with `too many packets`. Heartbeats
   * count. Default `false`: no limit.
   */
  maxPacketsPerSecond?: number | false
  /** Attachments of one packet with binary, for decoded packets of Engine.IO; together they hold `maxPayload` bytes at most. Default 10. */
  maxAttachments?: number
  /**
   * Levels of nesting in the JSON of one packet, `auth` of a namespace included; a deeper packet is dropped (revision 1) or ends the session
   * with `parse error`. Beyond some thousands, an application that sends back what it was sent would fail. Default 1000.
   */
  maxNesting?: number
  /**
   * Arguments of one event or acknowledgement; a packet with more is dropped (revision 1) or ends the session with `parse error`. Listeners are
   * called with all of them, and a call with some hundred thousand ends the process. Default 1000.
   */
  maxArguments?: number
  /** How long the body of a POST may take to arrive; then 408, and its connection is closed. Two seconds more when the app closes. Default 30000. */
  bodyTimeout?: number
  /**
   * Compression of WebSocket messages: ws's options, or `true` for its defaults. Costs memory per connection. Default `false`.
   */
  perMessageDeflate?: boolean | DeflateOptions
  /** Engine.IO: tell the session id by a cookie in the first answer of a polling client, for load balancers. Default `false`. */
  cookie?: boolean | CookieOptions
  /**
   * Most bytes of memory that one session's queue may take: its contents, and for each packet 96 (binary: 256) beside them. Default 16777216.
   */
  maxQueueBytes?: number
  /**
   * Most bytes that may be held for all clients of this registration together: their queues; what a response or WebSocket holds for a client that
   * reads too slowly; what waits for namespaces to connect, or for attachments; namespaces and their `auth`; acknowledgements that are outstanding
   * (revision 1); and what a handshake has beyond 8 KiB. One session may hold no more than is still free, and where nothing is, the largest go for one
   * that holds less. Default 268435456.
   */
  maxTotalQueueBytes?: number
  /**
   * What happens above `maxQueueBytes` or `maxTotalQueueBytes`: `close` ends the session with `slow client`; `drop` drops its
   * volatile packets, and ends it only if that is not enough. Default `close`.
   */
  slowClient?: 'close' | 'drop'
  /** Sessions at a time, handshakes under way included; more are refused with 503 and `Retry-After: 30`. Default 100000. */
  maxSessions?: number
  /**
   * The same for one client address, as Fastify's `trustProxy` sees it; the addresses of one IPv6 network (/64) count as one. More are refused
   * with 429 (revision 1: 503) and `Retry-After: 30`. Default `false`: no limit, since many may share an address.
   */
  maxSessionsPerAddress?: number | false
  /**
   * How long `app.close()` lets sessions go one by one, with their queues, before it ends the rest: `app.socketio.drain`. Default `false`: at once.
   */
  drainTimeout?: number | false
  /**
   * How long a client that is told to go, since the server drains or closes, may take to hear of it: what it has said by then is heard, on its
   * WebSocket until it has closed that, too, and in POSTs. Also how long it may take to close a WebSocket that the server has closed. A client that is
   * gone holds up `app.close()` for so long. Default 1000.
   */
  farewellTimeout?: number
  /**
   * Namespaces that one session may hold with the official Server. More are refused in the dialect's own way: by `CONNECT_ERROR` in Engine.IO, by
   * silence in revision 1. Default 100.
   */
  maxEndpoints?: number
  /**
   * Revision 1: acknowledgements that one session may have outstanding in each direction with the official Server; the oldest is
   * forgotten. Default 1000.
   */
  maxAcks?: number
  /** Cross-origin access. Default: same origin only, and requests without an `Origin`. */
  cors?: CorsOptions
  /**
   * Decides about a handshake: `false` refuses it (403), a throw fails it (500, or the error's own `statusCode` from 400
   * to 599), anything else is accepted and found as `socket.context`. Default: everybody is let in.
   */
  authorize?: (request: FastifyRequest) => SocketContext | boolean | void | Promise<SocketContext | boolean | void>
  /**
   * Makes session ids from the handshake's raw request: 1 to 100 characters of `[A-Za-z0-9_-]`, unguessable, unused; any
   * other fails the handshake with FST_SIO_INVALID_ID (500). May be async. Default: 120 random
   * bits in 20 characters.
   */
  generateId?: (request: IncomingMessage) => string | Promise<string>
  /** Flash policy responder; `true`: with its defaults. Default `false`. */
  flashPolicy?: boolean | FlashPolicyOptions
  /**
   * Folder of a client's files, of any release (its `dist`: `socket.io.js` and other builds), relative to the working directory or
   * absolute, served below `path` by @fastify/static (FST_SIO_MISSING_PEER without it). Default `false`.
   */
  serveClient?: false | string
  /**
   * The official Server on top: one of yours, or the options to make one (FST_SIO_MISSING_PEER without socket.io); found
   * as `app.io`. One made here is closed with the application, one of yours is not. Default: none, packets only.
   */
  io?: Server | Partial<ServerOptions>
  /** The custom parser of a Server that is bound by hand. Default: that of the Server in `io`, else that of socket.io. */
  parser?: ParserModule
}
