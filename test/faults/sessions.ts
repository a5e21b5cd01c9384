// Polling sessions of every dialect through the proxy, seen alike: numbered messages go both ways, and what has arrived is noted at both
// ends. The client does what clients do, and each step of it is the test's.
import type { Test } from 'tap'
import type { SocketioTransportsOptions } from '../../types/options.js'
import type { Socket } from '../../types/socket.js'
import { Client } from '../helpers/client.js'
import { EngineClient, toBody } from '../helpers/engine-client.js'
import type { Eio, Message, Way } from '../helpers/engine-client.js'
import { ALL, serve, until } from '../helpers/server.js'
import type { TestServer } from '../helpers/server.js'
import type { Revision1Transport } from '../../src/transports/index.js'
import { proxyBefore } from './proxy.js'
import type { Proxy } from './proxy.js'

/** What came of a request: numbers or `ok`; `broken`: no whole answer; `over`: the server says that the session has ended. */
export type Polled = number[] | 'broken' | 'over'
export type Posted = 'ok' | 'broken' | 'over'

/** A request under way. */
export interface Pending<Outcome> {
  readonly outcome: Promise<Outcome>
  /** The client has waited long enough. */
  giveUp (): void
}

/** How a session is polled: by one transport of one dialect. */
export interface Carrier {
  readonly name: string
  readonly dialect: 'revision 1' | 'engine'
  connect (server: TestServer, port: number): Promise<Line>
}

/** A client of a session that has connected. */
export interface Line {
  readonly sid: string
  poll (): Pending<Polled>
  post (numbers: readonly number[]): Pending<Posted>
  close (): void
  /** Whether it keeps connections that nothing is asked on. */
  readonly idle: boolean
}

// ---- numbers as messages; of Engine.IO, every third is binary

const toMessage = (number: number): Message => number % 3 === 2 ? Buffer.from(String(number)) : String(number)
const toPacket = (message: Message): Message => typeof message === 'string' ? `4${message}` : message

/** The numbers among packets of Engine.IO: binary ones are messages. */
const numbersIn = (packets: readonly Message[]): number[] => packets
  .filter((packet) => typeof packet !== 'string' || packet.startsWith('4'))
  .map((packet) => Number(typeof packet === 'string' ? packet.slice(1) : String(packet)))

const isIdle = ({ freeSockets }: { freeSockets: NodeJS.ReadOnlyDict<unknown[]> }): boolean => Object.keys(freeSockets).length > 0

class Revision1Line implements Line {
  readonly #client: Client

  constructor (client: Client) { this.#client = client }

  get sid () { return this.#client.sid }
  get idle () { return isIdle(this.#client.agent) }
  close (): void { this.#client.close() }

  poll (): Pending<Polled> {
    const held = this.#client.hold()
    const outcome = held.ended.then(async ({ whole }): Promise<Polled> => {
      if (!whole) return 'broken'
      const packets = []
      for (let packet = await held.next(); packet !== undefined; packet = await held.next()) packets.push(packet)
      if (packets.includes('7:::1+0')) return 'over'
      return packets.filter((packet) => packet.startsWith('3:::')).map((packet) => Number(packet.slice(4)))
    })
    return { outcome, giveUp: () => held.destroy() }
  }

  post (numbers: readonly number[]): Pending<Posted> {
    const { client } = { client: this.#client }
    const packets = numbers.map((number) => `3:::${number}`)
    const payload = packets.length === 1 ? packets.join('') : packets.map((packet) => `\ufffd${packet.length}\ufffd${packet}`).join('')
    const outcome = client.post(payload).then(({ status }): Posted => status === 200 ? 'ok' : 'over', (): Posted => 'broken')
    return { outcome, giveUp: () => client.agent.destroy() }
  }
}

class EngineLine implements Line {
  readonly #client: EngineClient

  constructor (client: EngineClient) { this.#client = client }

  get sid () { return this.#client.sid }
  get idle () { return isIdle(this.#client.agent) }
  close (): void { this.#client.close() }

  poll (): Pending<Polled> {
    const client = this.#client
    const { request, answer } = client.hold()
    const outcome = answer.then((whole): Polled => {
      if (whole.status !== 200) return 'over'
      const packets = client.read(whole)
      return packets.includes('1') ? 'over' : numbersIn(packets)
    }, (): Polled => 'broken')
    return { outcome, giveUp: () => request.destroy() }
  }

  post (numbers: readonly number[]): Pending<Posted> {
    const { request, answer } = this.#client.post(toBody(numbers.map(toMessage).map(toPacket), this.#client.eio))
    const outcome = answer.then(({ status }): Posted => status === 200 ? 'ok' : 'over', (): Posted => 'broken')
    return { outcome, giveUp: () => request.destroy() }
  }
}

function byRevision1 (transport: Revision1Transport): Carrier {
  return {
    name: transport,
    dialect: 'revision 1',
    async connect (server, port) {
      const client = new Client(port, transport, await server.handshake())
      const first = await client.next()
      if (first !== '1::') throw new Error(`the first packet is ${first}`)
      return new Revision1Line(client)
    }
  }
}

function byEngine (eio: Eio, way: Way): Carrier {
  return {
    name: `engine ${eio} by ${way}`,
    dialect: 'engine',
    async connect (_server, port) {
      const client = new EngineClient(port, eio, way)
      await client.open()
      return new EngineLine(client)
    }
  }
}

/** Everything that polls. In `engine 3 by xhr`, payloads with binary messages are binary. */
export const POLLED: readonly Carrier[] = [
  byRevision1('xhr-polling'), byRevision1('jsonp-polling'),
  ...([3, 4] as const).flatMap((eio) => (['xhr', 'xhr, b64', 'jsonp'] as const).map((way) => byEngine(eio, way)))
]

/** A session, its client behind the proxy. */
export interface Faulty {
  readonly server: TestServer
  readonly proxy: Proxy
  readonly line: Line
  readonly socket: Socket
  /** What the application has heard. */
  readonly heard: number[]
  /** The arguments of each 'close'. */
  readonly ends: unknown[][]
  /** The application says so many more. */
  say (count: number): void
  /** A poll that the server holds. */
  park (): Promise<Pending<Polled>>
}

/** A session that has connected; the proxy has no fault yet. */
export async function start (t: Test, carrier: Carrier, options: SocketioTransportsOptions = {}): Promise<Faulty> {
  const server = await serve(t, { transports: [...ALL, 'polling'], ...options })
  const heard: number[] = []
  const ends: unknown[][] = []
  server.app.socketio.on('connection', (socket) => {
    if (socket.dialect === 'revision 1') socket.on('packet', (packet) => { if (packet.type === 'message') heard.push(Number(packet.data)) })
    else socket.on('data', (data) => { heard.push(Number(String(data))) })
    socket.on('close', (...args) => ends.push(args))
  })
  const proxy = await proxyBefore(t, server.port)
  const line = await carrier.connect(server, proxy.port)
  t.teardown(() => line.close())
  const socket = server.socketOf(line.sid)
  let said = 0
  return {
    server,
    proxy,
    line,
    socket,
    heard,
    ends,
    say (count) {
      for (let i = 0; i < count; i++, said++) {
        if (socket.dialect === 'revision 1') socket.send({ type: 'message', data: String(said) })
        else socket.write(toMessage(said))
      }
    },
    async park () {
      const poll = line.poll()
      await until(() => socket.transport.writable)
      return poll
    }
  }
}
