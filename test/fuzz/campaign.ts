// One fuzzer on one target: makes inputs, keeps those that reach something new, and makes the first that breaks the rule short.
import { sample } from 'fast-check'
import { stopwatch } from '../kit/stopwatch.js'
import type { Coverage } from './coverage.js'
import type { Finding } from './findings.js'
import { enlarge, mutate, TOKENS } from './mutate.js'
import { Random } from './random.js'
import { PART } from './target.js'
import type { Target } from './target.js'

/** What a run may take: linear time is far below it, quadratic time far above it for the longest inputs; each part may cost an error. ms */
const allowed = (input: string): number => 250 + input.length / 100 + (input.split(PART).length - 1) / 10
/** By the clock, then by a stopwatch, which takes longer to ask: a busy machine is no fault. */
const ATTEMPTS = 3
/** So many inputs share one look at the coverage. */
const BATCH = 400
const GRAMMAR = 100
/** Runs that making an input shorter may take. */
const SHRINKS = 2000

class TooSlow extends Error {}

function clock (): () => number {
  const start = performance.now()
  return () => performance.now() - start
}

/** How a campaign is run. */
export interface CampaignOptions {
  readonly seed: number
  readonly coverage?: Coverage
}

/** A fuzzer at work. */
export class Campaign {
  readonly target: Target
  readonly corpus: string[]
  inputs = 0
  finding: Finding | undefined
  readonly #random: Random
  readonly #coverage: Coverage | undefined
  readonly #grammatical: string[] = []

  constructor (target: Target, { seed, coverage }: CampaignOptions) {
    this.target = target
    this.corpus = [...target.seeds]
    this.#random = new Random(seed)
    this.#coverage = coverage
  }

  /** So many inputs more, or until something is found. */
  async run (count: number): Promise<void> {
    if (this.inputs === 0) await this.#reach(this.target.seeds)
    for (const end = this.inputs + count; this.inputs < end && this.finding === undefined;) {
      const batch = Array.from({ length: Math.min(BATCH, end - this.inputs) }, () => this.#make())
      await this.#reach(batch)
    }
  }

  #make (): string {
    const random = this.#random
    const made = this.target.grammar !== undefined && random.oneIn(4) ? this.#fromGrammar() : mutate({ inputs: this.corpus, tokens: TOKENS }, random)
    return random.oneIn(4000) ? enlarge(made, random) : made
  }

  #fromGrammar (): string {
    const { grammar } = this.target
    if (this.#grammatical.length === 0 && grammar !== undefined) {
      this.#grammatical.push(...sample(grammar, { seed: this.#random.seed() | 0, numRuns: GRAMMAR }))
    }
    return this.#grammatical.pop() ?? ''
  }

  /** Runs a batch; what in it reaches something new is kept. */
  async #reach (batch: readonly string[]): Promise<void> {
    for (const input of batch) {
      this.inputs++
      const error = await this.#failure(input)
      if (error === undefined) continue
      this.finding = await this.#shrunk(input, error)
      return
    }
    if (this.#coverage?.isNew(false) !== true) return
    for (const input of await this.#news(batch)) if (!this.corpus.includes(input)) this.corpus.push(input)
  }

  /** The inputs of a batch that reach something new, found by halves. */
  async #news (batch: readonly string[]): Promise<string[]> {
    for (const input of batch) await this.target.run(input)
    if (this.#coverage?.isNew(batch.length === 1) !== true) return []
    if (batch.length === 1) return [...batch]
    const middle = batch.length >> 1
    return [...await this.#news(batch.slice(0, middle)), ...await this.#news(batch.slice(middle))]
  }

  async #failure (input: string): Promise<Error | undefined> {
    for (let attempt = 1; ; attempt++) {
      const passed = attempt === 1 ? clock() : stopwatch()
      try {
        await this.target.run(input)
      } catch (error) {
        return error instanceof Error ? error : new Error(String(error))
      }
      const time = passed()
      if (time <= allowed(input)) return undefined
      if (attempt === ATTEMPTS) return new TooSlow(`${Math.round(time)} ms for ${input.length} units`)
    }
  }

  /** The shortest input that fails too, as far as parts can be left out. */
  async #shrunk (input: string, error: Error): Promise<Finding> {
    let runs = error instanceof TooSlow ? SHRINKS : 0
    let last = error
    for (let size = input.length >> 1; size > 0 && runs < SHRINKS;) {
      let shorter = false
      for (let at = 0; at < input.length && runs < SHRINKS;) {
        runs++
        const without = input.slice(0, at) + input.slice(at + size)
        const failed = await this.#failure(without)
        if (failed === undefined) {
          at += size
        } else {
          input = without
          last = failed
          shorter = true
        }
      }
      if (!shorter || size > 1) size >>= 1
    }
    return { target: this.target.name, input, error: last.message }
  }
}

/** Runs what has been found once. */
export async function replay (target: Target, { input }: Finding): Promise<void> {
  await target.run(input)
}
