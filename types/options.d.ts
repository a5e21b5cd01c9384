/// <reference path="./without-socket.io.d.ts" />
import type { FastifyRequest } from 'fastify'
import type { IncomingMessage } from 'node:http'
import type { ZlibOptions } from 'node:zlib'
import type { Server, ServerOptions } from 'socket.io'
import type { SerializeOptions } from 'cookie'
import type { Cluster } from './cluster.js'
import type { DialectName, SocketContext, TransportName } from './socket.js'

/** `true`: every origin. `'*'`: every origin, without credentials. `false`: none. Another string: exactly this one, as browsers send
 * it (`https://app.example`, without a path). A regular expression: those that match. */
type OriginValue = boolean | string | RegExp
type OriginCallback = (error: Error | null | undefined, origin?: OriginValue | readonly OriginValue[]) => void

/**
 * Which origins may use the transports, in the forms that @fastify/cors takes: a value, a list of strings and regular
 * expressions, or a function. The function gets the request's `Origin`. It answers by its callback, or it returns a value, a list, or a
 * promise of these (a return value counts only if the function has no callback parameter). If it fails, or gives no answer within
 * `handshakeTimeout`, the request is refused (403).
 */
export type OriginOption =
  | OriginValue
  | readonly (string | RegExp)[]
  | ((origin: string, callback: OriginCallback) => void)
  | ((origin: string) => OriginValue | readonly OriginValue[] | PromiseLike<OriginValue | readonly OriginValue[]>)

/** The option `cors`: access from other origins. */
export interface CorsOptions {
  /**
   * Origins that are allowed in addition to the server's own. Others are refused with 403. `'*'` is answered with `Access-Control-Allow-Origin: *`,
   * all others by the origin itself. Clients up to 2.x in pages of other origins send credentials, so they cannot connect with `'*'` (a warning is
   * logged), but with `true`. Default: none.
   */
  origin?: OriginOption
  /**
   * Whether answers allow credentials (cookies). Default true: clients up to 2.x need it. With `'*'` never; `true` is then an error
   * (FST_SIO_BAD_OPTION).
   */
  credentials?: boolean
}

/**
 * The option `cookie`: `name`, and the options of the package cookie. Default: `io`, for the path `/`, `HttpOnly` and
 * `SameSite=Lax`.
 */
export interface CookieOptions extends Omit<SerializeOptions, 'encode'> {
  name?: string
}

/** The option `perMessageDeflate`: compression of WebSocket messages. These are options of the package ws, with its defaults. */
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

/** The option `flashPolicy`: answers the policy requests of Flash clients. */
export interface FlashPolicyOptions {
  /**
   * The TCP port of the policy. Flash clients from 0.8 on use 10843. 0: any free port. `false`: no port.
   * If the port is in use, `app.ready()` fails. Default 10843.
   */
  port?: number | false
  /** The address that the policy port listens on. Default `127.0.0.1`. */
  host?: string
  /** Whether `<policy-file-request/>` is answered on the HTTP port, too. Default true. */
  inline?: boolean
  /**
   * Entries of the policy, as `host:port`, where either may be `*`. Default: `host:*` for each string in `cors.origin`. If there is
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

/** What `authorize` returns: `false`, `true`, or the context. A `Promise<void>` is an object, too, so objects with `then` are excluded. */
type Verdict = boolean | (unknown extends SocketContext ? string | number | (object & { then?: never }) : NonNullable<SocketContext>)

/** The request of a handshake, as `authorize` gets it. What its query contains depends on the client, and on Fastify's `querystringParser`. */
export type HandshakeRequest = FastifyRequest<{ Querystring: Readonly<Record<string, unknown>> }>

/**
 * Options of the plugin, beside Fastify's own of `register` (`prefix`, `logLevel`, `logSerializers`). Times are milliseconds, from 1 to 2^31 - 1; sizes are bytes.
 *
 * Registration fails with one of these error codes:
 * - FST_SIO_BAD_OPTION: an option is wrong or unknown. The message names the option and the allowed values, or the option that another library's name stands for.
 * - FST_SIO_MISSING_PEER: `io` or `serveClient` needs a package that is not installed.
 * - FST_SIO_ALREADY_REGISTERED: a second registration in the same scope.
 * - FST_SIO_DUPLICATED_PATH: two registrations, or the plugin and a route of the app, have the same path.
 * - FST_SIO_UNSUPPORTED_VERSION: this version of a library or of Node lacks a part that the plugin needs. The message names it.
 */
export interface SocketioTransportsOptions {
  /** URL path of all routes, after `prefix`. A slash before each segment; one at the end is ignored. Default `/socket.io`. */
  path?: string
  /** The option of Fastify's `register`: comes before `path`. Default: none. */
  prefix?: string
  /**
   * The protocol generations that are served. Requests of others are refused. Default: all,
   * `['revision 1', 'engine 3', 'engine 4']`.
   */
  dialects?: readonly DialectName[]
  /**
   * Whether requests of Engine.IO without a version (`EIO`) are served as version 3. Old Swift clients need it. If false, they are
   * refused. Default false.
   */
  assumeEngine3?: boolean
  /**
   * The transports that are served. `websocket` is for every dialect, `polling` (XHR and JSONP) for Engine.IO, the others for
   * revision 1. Clients of revision 1 try their transports in this order. Default
   * `['websocket', 'htmlfile', 'xhr-polling', 'jsonp-polling', 'polling']`.
   */
  transports?: readonly TransportName[]
  /** Engine.IO: time between two pings. In version 4 the server sends them, in version 3 the client. Default 25000. */
  pingInterval?: number
  /** Engine.IO: how long the other side may take to answer a ping. Default 20000. */
  pingTimeout?: number
  /** Engine.IO: whether a session may move from polling to a WebSocket. Default true. */
  allowUpgrades?: boolean
  /** Engine.IO: how long this move may take. After that, the WebSocket is closed, and polling continues. Default 10000. */
  upgradeTimeout?: number
  /**
   * Revision 1, streams and WebSockets: the server sends a heartbeat this long after the opening, or after the client's last heartbeat.
   * `false`: no heartbeats; 0.9 clients then cannot connect, and a warning is logged. Default 25000.
   */
  heartbeatInterval?: number | false
  /** Revision 1: how long a client may take to answer a heartbeat. After that, its session ends with `ping timeout`. Default 60000. */
  heartbeatTimeout?: number
  /**
   * Revision 1: how long a client may take between two polls. After that, its session ends with `poll timeout`. Engine.IO: how
   * long queued packets wait for a client after the server has closed its session. Default 60000.
   */
  closeTimeout?: number
  /** Revision 1: how long a poll is held open before it is answered with a noop. (In Engine.IO, heartbeats answer polls.) Default 20000. */
  pollingDuration?: number
  /**
   * How long a handshake may take. If `authorize`, `generateId` or the middlewares of `app.socketio.use` take longer (also for other requests), it is refused
   * with 503; if a function in `cors.origin` takes longer, with 403. In revision 1 also: how long a session waits for its first request. Default 30000.
   */
  handshakeTimeout?: number
  /**
   * Largest body of a POST (above: 413) and largest WebSocket message (above: the connection is closed with 1009). If the application has
   * registered @fastify/websocket before, the limit and the `perMessageDeflate` of that instance are in force for messages. Default 1000000.
   */
  maxPayload?: number
  /** Most packets in one POST. Above: 413, and no packet of the POST is delivered. Default 10000. */
  maxPackets?: number
  /**
   * Most packets that a session may send in one second. If it sends more, it ends with `too many packets`. Heartbeats
   * count. Default `false`: no limit.
   */
  maxPacketsPerSecond?: number | false
  /** Engine.IO with decoded packets: most attachments of one binary packet. Together they have at most `maxPayload` bytes. Default 10. */
  maxAttachments?: number
  /**
   * Deepest nesting in the JSON of a packet, `auth` of a namespace included. A deeper packet is dropped (revision 1) or ends the session
   * with `parse error`. `JSON.stringify` fails on values that are nested some thousands deep, so an application that sends such a value on would
   * fail. Default 1000.
   */
  maxNesting?: number
  /**
   * Most arguments of one event or acknowledgement. A packet with more is dropped (revision 1) or ends the session with `parse error`. A listener is
   * called with all arguments, and a call with some hundred thousand arguments ends the process. Default 1000.
   */
  maxArguments?: number
  /** How long the body of a POST may take to arrive; after that 408, and the connection is closed. Two seconds more when the app closes. Default 30000. */
  bodyTimeout?: number
  /**
   * Compression of WebSocket messages: options of ws, or `true` for its defaults. Costs memory for each connection. Default `false`.
   */
  perMessageDeflate?: boolean | DeflateOptions
  /** Engine.IO: sends the session id as a cookie in the first answer to a polling client, for load balancers. Default `false`. */
  cookie?: boolean | CookieOptions
  /**
   * Largest queue of one session, in bytes of memory: the contents, and 96 bytes for each packet (binary: 256). Default 16777216.
   */
  maxQueueBytes?: number
  /**
   * Most bytes of memory that are held for all clients of this registration together. These count: queues; answers and WebSocket messages that a client
   * has not read; packets that wait for a namespace or for attachments; namespaces and their `auth`; outstanding acknowledgements (revision 1); and the
   * part of a handshake beyond 8 KiB. One session may hold as much as is still free. When nothing is free and a session with little needs memory, the
   * sessions that hold most end. Default 268435456.
   */
  maxTotalQueueBytes?: number
  /**
   * What happens above `maxQueueBytes` or `maxTotalQueueBytes`. `close`: the session ends with `slow client`. `drop`: its
   * volatile packets are dropped, and it ends only if that is not enough. Default `close`.
   */
  slowClient?: 'close' | 'drop'
  /** Most sessions at a time, handshakes under way included. More are refused with 503 and `Retry-After: 30`. Default 100000. */
  maxSessions?: number
  /**
   * Most sessions of one client address (see Fastify's `trustProxy`). The addresses of one IPv6 network (/64) count as one. More are refused
   * with 429 (revision 1: 503) and `Retry-After: 30`. Default `false`: no limit, because many users may share an address.
   */
  maxSessionsPerAddress?: number | false
  /**
   * How long `app.close()` may take to end sessions one by one, after their queues are sent. Then it ends the rest. See `app.socketio.drain`.
   * Default `false`: all end at once.
   */
  drainTimeout?: number | false
  /**
   * How long the server waits for a client that it has told to leave, because it drains or closes. Packets of the client until then are delivered: on a
   * WebSocket until the client has closed it, too, and in POSTs. Also how long a client may take to close a WebSocket that the server has closed. A client
   * that has vanished delays `app.close()` by this time. Default 1000.
   */
  farewellTimeout?: number
  /**
   * With the official Server: most namespaces of one session. More are refused with `CONNECT_ERROR` in Engine.IO, and get no answer in
   * revision 1. Default 100.
   */
  maxEndpoints?: number
  /**
   * Revision 1 with the official Server: most outstanding acknowledgements of one session in each direction. Above it, the oldest is
   * forgotten. Default 1000.
   */
  maxAcks?: number
  /**
   * Whether Fastify logs each request of a client (`incoming request`, `request completed`; level `info`). A client that polls sends very many. `false`: the
   * routes of the plugin have `logLevel: 'warn'`. Refusals, and the begin, moves and end of sessions, are logged in any case. Default true.
   */
  logRequests?: boolean
  /**
   * How session ids are shown in the log, also in URLs of Fastify's lines. Everyone who knows an id can use its session. `short`: the first 8 characters (with
   * the option `cluster`: 4 behind the tag of the node), at most half of the id. `whole`: all. Default `short`.
   */
  logSessionIds?: 'short' | 'whole'
  /** Access from other origins. Default: only the own origin, and requests without an `Origin`. */
  cors?: CorsOptions
  /**
   * Decides about a handshake. It returns `true` or another truthy value: accepted, and the value becomes `socket.context`. It returns `false`, or
   * nothing, `null`, `''`, `0`: refused with 403; unless it was `false`, the log says that a value is missing. It throws: refused with 500, or with the
   * error's `statusCode` (400 to 599). Default: all are accepted.
   */
  authorize?: (request: HandshakeRequest) => Verdict | Promise<Verdict>
  /**
   * Makes session ids from the handshake's raw request. An id must be unused and impossible to guess. A number becomes its string. For Engine.IO, it
   * has 1 to 100 printable characters. For revision 1, where it stands in a path and before a colon, it has 1 to 100 characters of
   * `[A-Za-z0-9-._~!$&()*+,=@]`, and is not `.` or `..`; so base64 with `/` does not work there. If the function fails or returns anything else, the
   * handshake is refused (Engine.IO: 400 with code 3; revision 1: 500) and the log has the error. May be async. Default: 120 random bits in 20 characters.
   */
  generateId?: (request: IncomingMessage) => string | number | Promise<string | number>
  /**
   * The other nodes that serve the same application: any request of a session may then arrive at any of them. Made by `nodes()` of
   * `fastify-socketio-transports/cluster`, once for each registration. Ids of sessions are 8 characters longer then. Default: none.
   */
  cluster?: Cluster
  /** Answers the policy requests of Flash clients; `true`: with the defaults of {@link FlashPolicyOptions}. Default `false`. */
  flashPolicy?: boolean | FlashPolicyOptions
  /**
   * Serves the files of a client below `path`, by @fastify/static (FST_SIO_MISSING_PEER without it). `true`: the client of the installed package
   * socket.io (FST_SIO_MISSING_PEER without it). A string: the folder of a client of any release (its `dist`, with `socket.io.js` and other builds),
   * relative to the working directory or absolute. Default `false`.
   */
  serveClient?: boolean | string
  /**
   * The official Server on top: your own, or the options to make one (FST_SIO_MISSING_PEER without socket.io). It becomes `app.io`. Your own must not be
   * attached to an HTTP server (FST_SIO_BAD_OPTION), and `attach` and `listen` of `app.io` throw FST_SIO_SERVER_IN_USE, because engine.io would take the
   * requests from the app. Options of the Server without effect here are logged as warnings. Several registrations may have one Server.
   * A Server that the plugin made is closed with the application; your own is not. Default: none, only decoded packets; reading `app.io` then throws
   * FST_SIO_NO_SERVER, unless you have set it yourself.
   */
  io?: Server | Partial<ServerOptions>
  /** The custom parser, for a Server that is bound by hand. Default: the parser of the Server in `io`, else socket.io-parser. */
  parser?: ParserModule
}
