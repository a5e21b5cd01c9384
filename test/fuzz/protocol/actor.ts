// What every actor of the fuzzer has: its own random numbers, a diary, time limits for answers, and clients that can be broken.
import { Agent } from 'node:http'
import type { Socket as TcpSocket } from 'node:net'
import { fetchText } from '../../kit/request.js'
import type { Answer } from '../../kit/request.js'
import { Late, within } from '../../kit/progress.js'
import { Random } from '../random.js'
import { Broken } from './conversation.js'
import { PATIENCE } from './world.js'
import type { World } from './world.js'

/** Something an actor does; more often the greater its weight. */
export interface Step {
  readonly name: string
  readonly weight: number
  readonly run: () => unknown
}

const DIARY = 40
/** More than the operating system takes for a connection that nobody reads; characters */
const LARGE = 12_000_000
/** Longer than an answer of a transport that was left is waited for; ms */
const LONG_STALL = 1300

/** Plays one client after the other. */
export abstract class Actor {
  readonly world: World
  /** Chooses the steps. */
  readonly random: Random
  /** Chooses what is said in answer to the server, at times that the network decides. */
  readonly reflexes: Random
  /** The last steps. */
  readonly diary: string[] = []
  operations = 0
  readonly #agent = new Agent({ keepAlive: true })

  constructor (world: World, random: Random) {
    this.world = world
    this.random = random
    this.reflexes = new Random(random.seed())
  }

  /** What may be done now. */
  abstract steps (): readonly Step[]
  /** Lets go of all connections. */
  leave (): void { this.#agent.destroy() }

  /** One request beside the client's own; undefined when its connection breaks. */
  async ask (url: string, method = 'GET'): Promise<Answer | undefined> {
    return await this.settled(`${method} ${url}`, fetchText(url, { method, agent: this.#agent }))
  }

  /** Until everything has been read. */
  abstract finish (): Promise<void>

  async act (): Promise<void> {
    const steps = this.steps()
    let left = this.random.below(steps.reduce((sum, { weight }) => sum + weight, 0))
    const step = steps.find(({ weight }) => (left -= weight) < 0)
    if (step === undefined) return
    this.operations++
    this.note(step.name)
    await step.run()
  }

  note (text: string): void {
    this.diary.push(text)
    if (this.diary.length > DIARY) this.diary.shift()
  }

  /** Waits a little, or so long. */
  async rest (ms = this.random.small(60)): Promise<void> {
    await new Promise((resolve) => { setTimeout(resolve, ms) })
  }

  /** Stops reading for a while, during which more may be done, and much is said. */
  stall (sid: string, connections: readonly Pausable[]): void {
    for (const connection of connections) connection.pause()
    if (this.world.large) this.world.say(sid, LARGE, false)
    for (let i = this.random.between(1, 3); i > 0; i--) this.world.say(sid, this.random.below(9000), this.random.oneIn(4))
    const ms = this.random.oneIn(6) ? LONG_STALL : this.random.small(60)
    const goOn = async (): Promise<void> => {
      await this.rest(ms)
      for (const connection of connections) connection.resume()
    }
    this.world.watch(goOn())
  }

  /** What comes of a request; undefined when its connection breaks. @throws Broken when nothing does */
  async settled<T> (what: string, promise: Promise<T>): Promise<T | undefined> {
    try {
      return await within(PATIENCE, what, promise)
    } catch (error) {
      if (error instanceof Broken) throw error
      if (error instanceof Late) throw new Broken(`never answered: ${what}`)
      return undefined
    }
  }
}

/** What is told to stop reading, and goes on later. */
export interface Pausable { pause (): unknown, resume (): unknown }

/** The connections that an agent has. */
export const socketsOf = ({ sockets, freeSockets }: Agent): TcpSocket[] =>
  [...Object.values(sockets), ...Object.values(freeSockets)].flatMap((list) => (list ?? []) as TcpSocket[])

/** Breaks one of them: at once (RST), or as a program that ends (FIN). */
export function breakOne (agent: Agent, random: Random): boolean {
  const sockets = socketsOf(agent)
  if (sockets.length === 0) return false
  const socket = random.pick(sockets)
  if (random.oneIn(2)) socket.resetAndDestroy()
  else socket.destroy()
  return true
}
