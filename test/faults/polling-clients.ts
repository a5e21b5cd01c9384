// Clients of every dialect that poll and post, seen alike: what they say and read are numbers. They do what clients do, and each step of it is
// the test's.
import { connectRevision1 } from '../kit/revision-1/client.js'
import type { Revision1Client } from '../kit/revision-1/client.js'
import { toPayload } from '../kit/revision-1/payload.js'
import { EngineClient } from '../kit/engine-io/client.js'
import type { Way } from '../kit/engine-io/client.js'
import type { Revision1Transport } from '../../src/transports/index.js'
import { toBinaryBody, toBody } from '../kit/engine-io/payload.js'
import type { Eio, Message } from '../kit/engine-io/payload.js'
import { ofTwoNodes } from './two-nodes.js'

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
  /** @throws when the session does not connect */
  open (port: number): Promise<Line>
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

// ---- numbers as messages, with something behind them; of Engine.IO, every third is binary

export const toMessage = (number: number, data = ''): Message => number % 3 === 2 ? Buffer.from(`${number}${data}`) : `${number}${data}`
const toPacket = (message: Message): Message => typeof message === 'string' ? `4${message}` : message

/** The numbers among packets of Engine.IO: binary ones are messages. */
export const numbersIn = (packets: readonly Message[]): number[] => packets
  .filter((packet) => typeof packet !== 'string' || packet.startsWith('4'))
  .map((packet) => parseInt(typeof packet === 'string' ? packet.slice(1) : String(packet)))

const isIdle = ({ freeSockets }: { freeSockets: NodeJS.ReadOnlyDict<unknown[]> }): boolean => Object.keys(freeSockets).length > 0

class Revision1Line implements Line {
  readonly #client: Revision1Client

  constructor (client: Revision1Client) { this.#client = client }

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
      return packets.filter((packet) => packet.startsWith('3:::')).map((packet) => parseInt(packet.slice(4)))
    })
    return { outcome, giveUp: () => held.destroy() }
  }

  post (numbers: readonly number[]): Pending<Posted> {
    const client = this.#client
    const outcome = client.post(toPayload(numbers.map((number) => `3:::${number}`))).then(({ status }): Posted => status === 200 ? 'ok' : 'over', (): Posted => 'broken')
    return { outcome, giveUp: () => client.agent.destroy() }
  }
}

class EngineLine implements Line {
  readonly #client: EngineClient
  readonly #binary: boolean

  constructor (client: EngineClient, binary: boolean) {
    this.#client = client
    this.#binary = binary
  }

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
    const client = this.#client
    const packets = numbers.map((number) => toPacket(toMessage(number)))
    const { request, answer } = client.post(this.#binary ? toBinaryBody(packets) : toBody(packets, client.eio))
    const outcome = answer.then(({ status }): Posted => status === 200 ? 'ok' : 'over', (): Posted => 'broken')
    return { outcome, giveUp: () => request.destroy() }
  }
}

function byRevision1 (transport: Revision1Transport): Carrier {
  return {
    name: transport,
    dialect: 'revision 1',
    async open (port) {
      return new Revision1Line(await connectRevision1(port, transport))
    }
  }
}

/** @param binary its POSTs are binary payloads */
function byEngine (eio: Eio, way: Way, binary = false): Carrier {
  return {
    name: `engine ${eio} by ${way}${binary ? ', binary' : ''}`,
    dialect: 'engine',
    async open (port) {
      const client = new EngineClient(port, eio, way)
      await client.open()
      return new EngineLine(client, binary)
    }
  }
}

/** Everything that polls. In `engine 3 by xhr`, answers with binary messages are binary. */
export const POLLED: readonly Carrier[] = ofTwoNodes([
  byRevision1('xhr-polling'), byRevision1('jsonp-polling'),
  ...([3, 4] as const).flatMap((eio) => (['xhr', 'xhr, b64', 'jsonp'] as const).map((way) => byEngine(eio, way)))
])

/** Everything that posts. */
export const POSTED: readonly Carrier[] = [...POLLED, ...ofTwoNodes([byEngine(3, 'xhr', true), byRevision1('htmlfile'), byRevision1('xhr-multipart')])]
