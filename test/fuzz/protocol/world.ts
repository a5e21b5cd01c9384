// The server that is fuzzed: an app with small bounds and short times, a face on it, and what has to hold of it at any time and at the end.
import { mock } from 'node:test'
import type { AddressInfo, Socket as TcpSocket } from 'node:net'
import { promisify } from 'node:util'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import socketioTransports from '../../../src/index.js'
import type { Socket } from '../../../types/socket.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import { captureLog } from '../../kit/servers/app.js'
import { stopwatch } from '../../kit/stopwatch.js'
import { CLOSE_REASONS } from '../../../src/session/reasons.js'
import type { Random } from '../random.js'
import { Broken, Conversation } from './conversation.js'

/** What stands on the plugin: decoded packets, messages as they come, or the official Server. */
export type Face = 'packets' | 'messages' | 'server'

/** What any request or end may take beyond the times below, less what others take of the machine; ms */
export const PATIENCE = 10_000
const ERROR = 50
const ALL = ['websocket', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling', 'polling'] as const

/** Small enough that all of them are reached. */
function optionsOf (random: Random, face: Face, large: boolean): SocketioTransportsOptions {
  const slow = random.pick([1, 4, 10])
  return {
    transports: ALL,
    pingInterval: 60 * slow,
    pingTimeout: 60 * slow,
    upgradeTimeout: 80 * slow,
    heartbeatInterval: 60 * slow,
    heartbeatTimeout: 60 * slow,
    closeTimeout: 80 * slow,
    pollingDuration: 50 * slow,
    handshakeTimeout: 100 * Math.min(slow, 4),
    maxPayload: 3000,
    maxQueueBytes: large ? 24_000_000 : 10_000,
    maxPackets: 20,
    maxPacketsPerSecond: random.oneIn(3) && 25,
    maxAttachments: 2,
    bodyTimeout: 60 * slow,
    maxTotalQueueBytes: large ? 60_000_000 : 40_000,
    maxSessions: random.pick([6, 30]),
    maxSessionsPerAddress: random.oneIn(4) && 8,
    drainTimeout: random.oneIn(2) && 100,
    maxEndpoints: 3,
    maxAcks: 3,
    slowClient: random.pick(['close', 'drop']),
    allowUpgrades: !random.oneIn(6),
    perMessageDeflate: random.oneIn(4) && { threshold: 20 },
    cookie: random.oneIn(4),
    assumeEngine3: random.oneIn(4),
    cors: { origin: ['http://app.example'] },
    authorize,
    ...(face === 'server' && { io: { connectTimeout: 100 * slow } })
  }
}

/** As the query says. */
async function authorize ({ query }: { query: unknown }): Promise<boolean> {
  const { auth } = Object(query) as { auth?: unknown }
  if (auth === 'never') await new Promise(() => {})
  if (auth === 'late') await new Promise((resolve) => { setTimeout(resolve, 10) })
  if (auth === 'fails') throw new Error('asked for')
  return auth !== 'no'
}

/** The intervals that run, of those made from now on. */
function countIntervals (): Set<NodeJS.Timeout> {
  const running = new Set<NodeJS.Timeout>()
  const { setInterval, clearInterval } = globalThis
  mock.method(globalThis, 'setInterval', (callback: () => void, every: number) => {
    const handle = setInterval(callback, every)
    running.add(handle)
    return handle
  })
  mock.method(globalThis, 'clearInterval', (handle: NodeJS.Timeout) => {
    running.delete(handle)
    clearInterval(handle)
  })
  return running
}

/** One server and its application. */
export class World {
  readonly face: Face
  /** Whether there is room for more than the operating system takes at once. */
  readonly large: boolean
  readonly #options: SocketioTransportsOptions
  readonly conversations = new Map<string, Conversation>()
  readonly #log = captureLog('info')
  /** How often what happened. */
  readonly tally: Record<string, number> = {}
  /** Every session that there was. */
  readonly #sockets = new Map<string, Socket>()
  /** How the application speaks to each session. */
  readonly #speakers = new Map<string, (text: string, volatile: boolean) => void>()
  /** The connections that are open, and what was asked on each last. */
  readonly #connections = new Map<TcpSocket, string>()
  /** What was written to connections, by the client's port. */
  readonly #written = new Map<number, string>()
  readonly #intervals = countIntervals()
  readonly #failures: unknown[] = []
  #app: FastifyInstance | undefined
  /** Where it listens, or has. */
  port = 0
  /** The server is about to close, or has: every request may be refused. */
  closing = false

  constructor (random: Random) {
    this.face = random.pick(['packets', 'messages', 'server'])
    this.large = random.oneIn(4)
    this.#options = optionsOf(random, this.face, this.large)
  }

  get app (): FastifyInstance {
    if (this.#app === undefined) throw new Error('not started')
    return this.#app
  }

  count (what: string): void { this.tally[what] = (this.tally[what] ?? 0) + 1 }

  conversation (sid: string): Conversation {
    const known = this.conversations.get(sid) ?? new Conversation(sid)
    this.conversations.set(sid, known)
    return known
  }

  async start (): Promise<void> {
    const app = Fastify({ logger: this.#log.logger, forceCloseConnections: true }) as FastifyInstance
    this.#app = app
    app.addHook('onRequest', async ({ raw: { socket, method, url } }) => { this.#connections.set(socket, `${method} ${url}`) })
    await app.register(socketioTransports, this.#options)
    app.socketio.on('connection', (socket) => this.#connected(socket))
    app.socketio.on('connection_error', ({ reason }) => this.count(`refused: ${reason}`))
    if (this.face === 'server') this.#serve()
    app.server.on('connection', (socket) => {
      this.#connections.set(socket, '')
      socket.once('close', () => this.#connections.delete(socket))
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    this.port = (app.server.address() as AddressInfo).port
  }

  #connected (socket: Socket): void {
    const conversation = this.conversation(socket.id)
    conversation.opened = true
    this.#sockets.set(socket.id, socket)
    this.count(`opened: ${socket.dialect} ${socket.transport.name}`)
    // Whoever listens may speak at once.
    socket.on('upgrade', ({ name }) => {
      this.count(`moved: ${socket.dialect} ${name}`)
      this.say(socket.id, 5, false)
    })
    socket.on('drain', () => {
      this.count('drained')
      if (conversation.closes.length === 0 && Number(this.tally['drained']) % 4 === 0) this.say(socket.id, 5, false)
    })
    socket.on('close', (word, { reason, cause }) => {
      conversation.closes.push(reason)
      if (CLOSE_REASONS[reason] !== word) throw new Broken(`'close' says ${word} and ${reason}`)
      conversation.inTime = reason === 'closed by server' && conversation.ended !== undefined && performance.now() < conversation.ended + Number(this.#options.closeTimeout)
      this.count(`closed: ${reason}`)
      conversation.note(`closed: ${reason} ${cause?.message ?? ''}`)
    })
    conversation.note(`${socket.dialect} ${socket.transport.name} for ${this.face}`)
    if (this.face === 'server') return
    if (this.face === 'messages') {
      socket.on('data', (data) => conversation.receive(String(data)))
      this.#speakers.set(socket.id, (text, volatile) => {
        // Of revision 1, what is said is in the Server's grammar.
        const message = socket.dialect === 'revision 1' ? `2${JSON.stringify(['message', text])}` : text
        socket.write(socket.protocol === 4 && text.length % 2 === 1 ? Buffer.from(message) : message, { volatile })
      })
      if (socket.dialect === 'revision 1') socket.write('0')
      return
    }
    socket.on('packet', (packet) => {
      if (packet.type === 'message') conversation.receive(packet.data)
      if (packet.type === 'connect') socket.send({ type: 'connect', endpoint: packet.endpoint })
      if (packet.type === 'event' && packet.ack === 'data' && packet.id !== undefined) socket.send({ type: 'ack', id: packet.id, endpoint: packet.endpoint, args: packet.args })
    })
    this.#speakers.set(socket.id, (data, volatile) => { socket.send({ type: 'message', data }, { volatile }) })
  }

  #serve (): void {
    for (const name of ['/', '/chat']) {
      this.app.io.of(name).on('connection', (socket) => {
        socket.on('message', (text: unknown) => { if (name === '/') this.conversation((socket.conn as unknown as Socket).id).receive(String(text)) })
        socket.onAny((...args: unknown[]) => {
          const answer = args.at(-1)
          if (typeof answer === 'function') answer('answered')
        })
        if (name !== '/') return
        const { id } = socket.conn as unknown as Socket
        this.#speakers.set(id, (text, volatile) => { (volatile ? socket.volatile : socket).send(text) })
        socket.on('disconnect', () => this.#speakers.delete(id))
      })
    }
  }

  /** This has been written to a connection. */
  written (port: number, bytes: string | Buffer): void {
    this.#written.set(port, (this.#written.get(port) ?? '') + bytes.toString('latin1'))
  }

  /** What goes wrong with it later is noticed. */
  async watch (promise: Promise<unknown>): Promise<void> {
    try {
      await promise
    } catch (error) {
      this.#failures.push(error)
    }
  }

  /** The application says something to a session, numbered unless it may be lost. */
  say (sid: string, size: number, volatile: boolean): void {
    const speak = this.#speakers.get(sid)
    if (speak === undefined || !this.isOpen(sid)) return
    speak(volatile ? 'volatile' : this.conversation(sid).next('d', size), volatile)
  }

  /** Whether a session takes what is sent; not once the server has let go of it. */
  isOpen (sid: string): boolean { return this.app.socketio.sessions.get(sid)?.readyState === 'open' }

  /** Whether a request or WebSocket of the session has come by now, or soon. */
  async holds (sid: string): Promise<boolean> {
    const holds = (): boolean => this.app.socketio.sessions.get(sid)?.transport.writable === true
    for (let turns = 0; turns < 20 && !holds(); turns++) await promisify(setTimeout)(2)
    return holds()
  }

  /** The application ends a session, which may have ended. */
  end (sid: string): void {
    const conversation = this.conversation(sid)
    conversation.ended ??= performance.now()
    this.#sockets.get(sid)?.close()
  }

  /** @throws Broken when the registry is not what the application was told, or something has been logged that is a fault of ours. */
  verify (): void {
    if (this.#failures.length > 0) throw this.#failures[0]
    const { sessions, clientsCount } = this.app.socketio
    const states = [...sessions.values()].map(({ readyState }) => readyState)
    const open = states.filter((state) => state !== 'opening').length
    if (states.includes('closed')) throw new Broken('a session that has ended is in the registry')
    if (open !== clientsCount) throw new Broken(`clientsCount is ${clientsCount}, and ${open} sessions are open`)
    this.#verifyMetrics()
    const errors = this.#log.lines.splice(0).filter(({ level }) => level >= ERROR)
    if (errors.length > 0) throw new Broken(`logged as an error: ${JSON.stringify(errors[0])}`)
    for (const { sid, closes } of this.conversations.values()) {
      if (closes.length > 1) throw new Broken(`${sid} has ended with ${closes.join(', ')}`)
    }
  }

  /** The counters say what the application was told, and what is in the registry. */
  #verifyMetrics (): void {
    const { sessions, metrics: { opened, ended, refused, queuedBytes } } = this.app.socketio
    const sum = Object.values(ended).reduce((one, other) => one + other, 0)
    if (opened - sum !== sessions.size) throw new Broken(`${opened} sessions opened, ${sum} ended, ${sessions.size} are there`)
    if (queuedBytes < 0) throw new Broken(`${queuedBytes} bytes are queued`)
    for (const [reason, count] of Object.entries(refused)) if (this.tally[`refused: ${reason}`] !== count) throw new Broken(`${reason}: refused ${count} times, and told of ${this.tally[`refused: ${reason}`]}`)
  }

  /** What is left when every client has gone. @throws Broken when it is anything */
  async settle (): Promise<void> {
    await this.#within(() => 'every session ends by itself', () => this.app.socketio.sessions.size === 0)
    await this.#nothingLeft()
  }

  /** Every session is taken away, and nobody comes in again. */
  async drain (): Promise<void> {
    let drained = false
    const draining = this.app.socketio.drain(50).then(() => { drained = true })
    await this.#within(() => 'the server drains', () => drained)
    await draining
    if (this.app.socketio.sessions.size > 0) throw new Broken('sessions after the drain')
  }

  /** The server closes, whoever is there. */
  async close (): Promise<void> {
    let closed = false
    this.closing = true
    const closing = this.app.close().then(() => { closed = true })
    await this.#within(() => 'the server closes', () => closed)
    await closing
    await this.#nothingLeft()
    if (!this.app.socketio.draining) await this.#everyPlaceFree()
  }

  /** Every place is free again, and there are no more than there were. */
  async #everyPlaceFree (): Promise<void> {
    const { maxSessions = 0, maxSessionsPerAddress } = this.#options
    const places = Math.min(maxSessions, maxSessionsPerAddress || Infinity)
    const statuses = []
    for (let i = 0; i <= places; i++) statuses.push((await this.app.inject('/socket.io/1/')).statusCode)
    const expected = [...Array<number>(places).fill(200), 503]
    // A busy machine takes so long that the first ones are free again.
    if (statuses.slice(0, places).join() !== expected.slice(0, places).join()) throw new Broken(`handshakes for ${places} places: ${statuses.join()}`)
    await this.#within(() => 'handshakes without a request end', () => this.app.socketio.sessions.size === 0)
  }

  /** Whatever comes of it, it is no more. */
  async stop (): Promise<void> {
    mock.restoreAll()
    for (const socket of this.#connections.keys()) socket.destroy()
    await this.#app?.close()
  }

  async #nothingLeft (): Promise<void> {
    // A session that its client ends leaves the registry at once. 'close' comes some turns later, behind the listeners of the last events.
    await this.#within(() => 'every end is told', () => [...this.conversations.values()].every(({ opened, closes }) => !opened || closes.length > 0))
    await this.#within(() => `every connection ends: ${[...this.#connections].map(([{ remotePort = 0 }, url]) => JSON.stringify(this.#written.get(remotePort) ?? url)).join(', ')}`, () => this.#connections.size === 0)
    await this.#within(() => 'every interval ends', () => this.#intervals.size === 0)
    this.verify()
    const { sessions, clientsCount, metrics: { queuedBytes } } = this.app.socketio
    if (sessions.size + clientsCount + queuedBytes > 0) throw new Broken(`${sessions.size} sessions, clientsCount ${clientsCount}, ${queuedBytes} bytes at the end`)
    if (this.face === 'server' && this.app.io.of('/').sockets.size > 0) throw new Broken('the Server has sockets at the end')
    for (const conversation of this.conversations.values()) {
      if (conversation.opened && conversation.closes.length !== 1) throw new Broken(`${conversation.sid} has ended ${conversation.closes.length} times`)
      conversation.verify()
    }
  }

  async #within (what: () => string, holds: () => boolean): Promise<void> {
    const wait = promisify(setTimeout)
    for (const passed = stopwatch(); !holds();) {
      if (passed() > PATIENCE) throw new Broken(`never: ${what()}`)
      await wait(5)
    }
  }
}
