// One server, some actors, and so many operations; then everybody leaves, or the server closes, and nothing may be left.
import { Random } from '../random.js'
import type { Actor } from './actor.js'
import { EngineActor } from './engine-actor.js'
import { Revision1Actor } from './revision-1-actor.js'
import { Stranger } from './stranger.js'
import { World } from './world.js'

/** What a round has come to. */
export interface Outcome {
  readonly operations: number
  /** How often what happened. */
  readonly tally: Readonly<Record<string, number>>
  readonly error?: Error
  /** What the actors did last. */
  readonly diaries: readonly string[]
}

const ACTORS = [EngineActor, EngineActor, EngineActor, EngineActor, Revision1Actor, Revision1Actor, Revision1Actor, Stranger]

/** Errors that nobody catches. */
class Uncaught {
  #error: Error | undefined
  readonly #take = (error: unknown): void => { this.#error ??= error instanceof Error ? error : new Error(String(error)) }

  start (): void {
    process.on('uncaughtException', this.#take).on('unhandledRejection', this.#take).on('warning', this.#take)
  }

  stop (): void {
    process.off('uncaughtException', this.#take).off('unhandledRejection', this.#take).off('warning', this.#take)
  }

  verify (): void { if (this.#error !== undefined) throw this.#error }
}

/** Plays a round; the same seed plays the same as far as the network does. */
export async function playRound (seed: number, operations: number): Promise<Outcome> {
  const random = new Random(seed)
  const world = new World(random)
  const uncaught = new Uncaught()
  const actors: Actor[] = []
  let halfway = (): void => {}
  const verify = (): void => {
    uncaught.verify()
    world.verify()
  }
  /** Some have done half of what they will do. */
  const half = new Promise<void>((resolve) => { halfway = resolve })
  const play = async (actor: Actor, count: number): Promise<void> => {
    while (actor.operations < count) {
      await actor.act()
      await new Promise((resolve) => { setImmediate(resolve) }) // a goodbye is told of a tick later
      verify()
      if (actor.operations > count / 2) halfway()
    }
  }
  uncaught.start()
  let error: Error | undefined
  try {
    await world.start()
    actors.push(...ACTORS.map((Kind) => new Kind(world, new Random(random.seed()))))
    const count = Math.ceil(operations / actors.length)
    const playing = Promise.all(actors.map((actor) => play(actor, count)))
    playing.catch(() => {})
    const [drains, closes, early] = [random.oneIn(4), random.oneIn(3), random.oneIn(2)]
    await (early ? Promise.race([playing, half]) : playing)
    if (drains) await world.drain()
    if (closes) await world.close()
    await playing
    for (const actor of actors) actor.leave()
    await Promise.all(actors.map((actor) => actor.finish()))
    await world.settle()
    verify()
  } catch (caught) {
    error = caught instanceof Error ? caught : new Error(String(caught))
    for (const actor of actors) actor.leave()
  }
  await world.stop()
  uncaught.stop()
  return { operations: actors.reduce((sum, { operations: count }) => sum + count, 0), ...(error && { error }), tally: world.tally, diaries: actors.map(({ diary }) => diary.join(', ')) }
}
