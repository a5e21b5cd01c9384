// The registry of sessions, by id. It is also the engine that the official Server binds to (`io.bind`).
import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import type { Engine as PublicEngine, EngineEvents, EngineMiddleware } from '../../types/engine.js'
import type { Cluster, RemoteNode } from '../../types/cluster.js'
import type { Metrics } from '../../types/metrics.js'
import type { RefusedMessage, RequestKind } from '../../types/observation.js'
import type { DialectName } from '../../types/socket.js'
import { QueueBudget } from '../session/queue-budget.js'
import type { Share } from '../session/queue-budget.js'
import { Counters } from '../observation/counters.js'
import { Drain } from './drain.js'
import { BadOptionError, codeOf, CONNECTION_ERRORS, RefusedRequest } from '../errors.js'
import { Flushes } from '../session/flushes.js'
import type { EngineOptions, HandshakeInit } from './engine-init.js'
import { handshakeBytes } from './handshake-bytes.js'
import { channels } from '../observation/channels.js'
import { Observer } from '../observation/observer.js'
import { RefusalLog } from '../observation/refusal-log.js'
import { idShower } from '../observation/shown-ids.js'
import type { ShowId } from '../observation/shown-ids.js'
import { readMetrics } from './metrics.js'
import { Parting } from './parting.js'
import { SessionLimiter } from './session-limiter.js'
import { makeId, newSessionId, usedId } from './session-ids.js'
import { Session } from '../session/session.js'
import { Socket } from '../session/socket.js'
import type { SessionShared } from '../session/session-init.js'
import { TimerWheel } from '../time/timer-wheel.js'
import type { EndReason, Transport } from '../session/transport.js'
import { AnswerSchedule } from '../time/answer-schedule.js'
import { EndOfTurn } from '../time/end-of-turn.js'

/** The longest delay of setTimeout, ms. */
const MAX_TIME = 2 ** 31 - 1
/** The length of a tick, ms: half a percent of the shortest timeout, between 1 and 100. */
const resolutionFor = (shortestTime: number): number => Math.min(Math.max(Math.floor(shortestTime / 200), 1), 100)

/** The sessions of one registration. */
export class Engine extends EventEmitter<EngineEvents> implements PublicEngine {
  readonly wheel: TimerWheel
  readonly endOfTurn = new EndOfTurn()
  readonly answers = new AnswerSchedule(this.endOfTurn)
  readonly limiter: SessionLimiter
  readonly middlewares: EngineMiddleware[] = []
  readonly log: FastifyBaseLogger
  /** The form of session ids in logs. */
  readonly showId: ShowId
  readonly refusals: RefusalLog
  /** The other nodes, if there are any. */
  readonly cluster: Cluster | undefined
  readonly #shared: SessionShared
  readonly #sessions = new Map<string, Session>()
  /** The interfaces of the sessions for applications. */
  readonly #sockets = new Map<string, Socket>()
  readonly counters = new Counters()
  readonly #observer = new Observer(this, this.counters)
  readonly #budget: QueueBudget
  /** Bytes that are held for other nodes. */
  readonly #foreign: Share
  #clientsCount = 0
  /** The request that will connect a session, in this turn of the event loop. */
  #first: { readonly session: Session, publish (): void } | undefined
  #closing = false
  #drain: Drain | undefined
  #parting: Parting | undefined
  readonly #atParting: (() => void)[] = []
  generateId: PublicEngine['generateId']

  constructor (options: EngineOptions) {
    super()
    this.log = options.log
    this.cluster = options.cluster
    this.#budget = new QueueBudget(options.maxTotalQueueBytes, () => this.#sessions.values())
    this.#foreign = this.#budget.share()
    this.limiter = new SessionLimiter(options.maxSessions, options.maxSessionsPerAddress || Infinity)
    this.wheel = new TimerWheel(resolutionFor(options.shortestTime))
    this.showId = idShower(options.logSessionIds, this.cluster?.tag)
    this.refusals = new RefusalLog({ log: this.log, timer: (call) => this.wheel.timer(call) })
    this.#shared = {
      limits: options.limits,
      wheel: this.wheel,
      budget: this.#budget,
      flushes: new Flushes(),
      log: options.log,
      showId: this.showId,
      observer: this.#observer,
      onDropped: (count) => { this.counters.dropped += count },
      onEnd: (id, reason, wasOpen) => this.#onEnd(id, reason, wasOpen),
      onSilent: (id) => this.#onSilent(id)
    }
    this.generateId = options.generateId ?? newSessionId
  }

  get sessions (): ReadonlyMap<string, Socket> { return this.#sockets }
  sessionOf ({ conn }: { readonly conn: unknown }): Socket | undefined { return conn instanceof Socket ? conn : undefined }
  get clientsCount () { return this.#clientsCount }
  get closing () { return this.#closing }
  get draining () { return this.#closing || this.#drain !== undefined }
  get metrics (): Metrics {
    return readMetrics({ counters: this.counters, sessions: this.#sessions.values(), budget: this.#budget, cluster: this.cluster })
  }

  /**
   * Makes an id for a session. Returns a promise only if `generateId` does.
   * @throws RefusedRequest when `generateId` fails, or makes an id that is in use or that clients of the dialect cannot use.
   */
  newId (request: IncomingMessage, dialect: DialectName): string | Promise<string> {
    return makeId({ make: () => this.generateId(request), tag: this.cluster?.tag, dialect, isUsed: (id) => this.#sessions.has(id) })
  }

  /**
   * Refuses a large handshake unless about half of `maxTotalQueueBytes` is free. Otherwise large handshakes could end the sessions of other clients.
   * @throws RefusedRequest when the handshake is refused.
   */
  checkHandshake (request: IncomingMessage): void {
    const bytes = handshakeBytes(request)
    if (bytes > 0 && bytes + this.#budget.total > this.#budget.free) {
      throw new RefusedRequest('too many sessions', 'the headers and query of the handshake are large, and half of maxTotalQueueBytes is in use', { bytes })
    }
  }

  /** Opens a session. @throws RefusedRequest when the id is in use by now, and when its slot has expired and no other is free. */
  handshake ({ id, slot, since, request, remoteAddress, context, dialect }: HandshakeInit): Session {
    if (this.#sessions.has(id)) throw usedId(id)
    slot.commit()
    const session = new Session({ id, request, remoteAddress, context, dialect, slot, handshakeBytes: handshakeBytes(request), shared: this.#shared })
    this.#sessions.set(id, session)
    this.#sockets.set(id, session.socket)
    this.counters.opened++
    this.counters.handshake.add((performance.now() - since) / 1000)
    return session
  }

  #onEnd (id: string, reason: EndReason, wasOpen: boolean): void {
    this.#sessions.delete(id)
    this.#sockets.delete(id)
    this.counters.ended(reason)
    if (wasOpen) this.#clientsCount--
    this.#drain?.check()
    this.#parting?.over(id)
  }

  /**
   * Called when a client can send no more packets. In a drain, its session ends now. When the server closes, all sessions end together later, so that the
   * official Server reports its own reason: 'server shutting down'.
   */
  #onSilent (id: string): void {
    if (this.#parting !== undefined) return this.#parting.over(id)
    const session = this.#sessions.get(id)
    session?.afterDelivered(() => session.end('server draining'))
  }

  /** Makes the error for a request that comes too late, because the server drains or closes. */
  refusal (detail: string, sid: string): RefusedRequest {
    return new RefusedRequest(this.#closing ? 'server closing' : 'server draining', detail, { sid })
  }

  /** Finds a session by its id and dialect, so that no request can use a session of another dialect. */
  find (sid: string, dialect: DialectName): Session | undefined {
    const session = this.#sessions.get(sid)
    return session?.dialect.name === dialect ? session : undefined
  }

  /** Finds the node of a session that is not on this one. Undefined if there is no such node. */
  nodeOf (sid: string): RemoteNode | undefined {
    return this.cluster?.ownerOf(sid)
  }

  /** Gives a session its next transport. The first one connects the session. */
  attach (session: Session, transport: Transport): void {
    if (session.readyState !== 'opening') return session.attach(transport)
    this.#clientsCount++
    session.open(transport, () => {
      if (this.#first?.session === session) this.#first.publish()
      this.#first = undefined
      this.emit('connection', session.socket)
    })
  }

  use (middleware: EngineMiddleware): this {
    if (typeof middleware !== 'function') throw new BadOptionError('middleware" of "use', String(middleware), 'a function of (request, response, next)')
    this.middlewares.push(middleware)
    return this
  }

  /** Publishes a request for a session of this node, before it is handled. The request that connects a session is published when it has connected. */
  requested (request: IncomingMessage, sid: string, dialect: DialectName, kind: RequestKind): void {
    if (!channels.request.hasSubscribers) return
    const session = this.find(sid, dialect)
    if (session === undefined) return
    if (session.readyState === 'opening') this.#first = { session, publish: () => this.#observer.requested(session.socket, request, kind) }
    else this.#observer.requested(session.socket, request, kind)
  }

  /** Counts and publishes a refused request, and emits 'connection_error'. A listener that fails is logged: the caller may be a link to another node. */
  refused (message: Omit<RefusedMessage, 'engine'>): void {
    const { request: req, reason, context } = message
    const code = codeOf(reason)
    this.counters.refused(reason)
    this.#observer.refused(message)
    try {
      this.emit('connection_error', { req, code, message: CONNECTION_ERRORS[code], reason, context: { ...context } })
    } catch (err) {
      this.log.error({ err }, 'a listener of "connection_error" failed')
    }
  }

  async drain (ms: number): Promise<void> {
    if (!Number.isFinite(ms) || ms < 0 || ms > MAX_TIME) throw new BadOptionError('ms" of "drain', String(ms), `milliseconds from 0 to ${MAX_TIME}`)
    if (this.#drain === undefined) {
      this.log.info({ sessions: this.#sessions.size, ms }, 'draining: handshakes are refused, and sessions end one by one')
      this.limiter.close('server draining')
      this.cluster?.leave()
      this.#drain = new Drain(this.#sessions, this.wheel)
    }
    this.#drain.start(ms)
    await this.#drain.finished
  }

  /** Counts bytes that are held for clients of other nodes, or for links to them. Negative: they have left. Returns whether they fit. */
  hold (bytes: number): boolean {
    const { limit, kept } = this.#foreign
    this.#foreign.set(kept + bytes)
    return kept + bytes <= limit
  }

  /** Adds a function that {@link part} calls before clients are told to leave. */
  onParting (call: () => void): void {
    this.#atParting.push(call)
  }

  /** Tells all clients to leave, and waits at most `ms` for packets that are under way. The caller then ends the sessions with {@link close}. */
  async part (ms: number): Promise<void> {
    this.#closing = true
    this.limiter.close('server closing')
    if (this.#parting === undefined) {
      this.cluster?.leave()
      for (const call of this.#atParting) call()
      this.#parting = new Parting(this.wheel)
      this.#parting.start(this.#sessions, ms)
    }
    await this.#parting.finished
  }

  close (): this {
    this.#closing = true
    this.limiter.close('server closing')
    for (const session of [...this.#sessions.values()]) session.end('server closing')
    this.refusals.flush()
    return this
  }
}
