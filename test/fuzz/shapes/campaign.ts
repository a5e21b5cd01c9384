// The shape fuzzer: batches of sessions on every setup in turn, two setups at a time. Each fault is kept once, as small as it can be made.
import type { Finding } from '../findings.js'
import { Random } from '../random.js'
import { knownScripts } from './known.js'
import { FATAL, Nodes } from './nodes.js'
import type { Fault } from './nodes.js'
import { play } from './play.js'
import { read, write } from './script.js'
import type { Scene, Script } from './script.js'
import { newScript } from './scripts.js'
import { SETUPS } from './setup.js'
import type { Setup } from './setup.js'
import { shrink } from './shrink.js'
import { signatureOf } from './signature.js'

/** What errors before it may have caused: a node that one has stopped halfway does not answer, and neither does its Redis. */
const isConsequence = ({ kind, text }: Fault): boolean => kind === 'unusable' || kind === 'does not settle' || text.includes('commands-queue')

export const TARGET = 'shapes'
/** Sessions that are open together. */
const SESSIONS = 24
/** Setups that work at a time. */
const LANES = 2
/** What making a finding smaller may take; ms. */
const SHRINKING = 25_000
/** The same where each try may take the start of new nodes; ms. */
const SHRINKING_FATAL = 150_000

export interface ShapeOptions {
  readonly seed: number
  readonly setups: readonly Setup[]
  /** The URL of a Redis, where a setup needs one. */
  readonly redis: string
  /** Whether it is enough, by the count of shapes. */
  readonly enough: (shapes: number) => boolean
  /** Whether findings are made smaller. Default true. */
  readonly shrinks?: boolean
  /** Hears of each batch. */
  readonly onBatch?: (campaign: ShapeCampaign) => void
  readonly onFinding?: (finding: Finding) => void
}

export class ShapeCampaign {
  shapes = 0
  /** By signature: the finding, and how often it has come. */
  readonly findings = new Map<string, { finding: Finding, count: number }>()
  /** The most that a node has held; bytes. */
  rss = 0
  readonly #options: ShapeOptions
  readonly #random: Random

  constructor (options: ShapeOptions) {
    this.#options = options
    this.#random = new Random(options.seed)
  }

  /** Until it is enough. */
  async run (): Promise<void> {
    const { setups } = this.#options
    const lanes = Array.from({ length: Math.min(LANES, setups.length) }, (_, lane) => setups.filter((_setup, i) => i % LANES === lane))
    const seeds = lanes.map(() => this.#random.seed())
    await Promise.all(lanes.map(async (own, lane) => await this.#lane(own, new Random(seeds[lane] ?? 0))))
  }

  async #lane (setups: readonly Setup[], random: Random): Promise<void> {
    const all = setups.map((setup) => new Nodes(setup, this.#options.redis))
    try {
      for (const nodes of all) for (const script of knownScripts(nodes.setup)) await this.#batch(nodes, [script])
      for (let i = 0; !this.#options.enough(this.shapes); i++) {
        const nodes = all[i % all.length] as Nodes
        await this.#batch(nodes, Array.from({ length: SESSIONS }, () => newScript(random, nodes.setup, nodes.count)))
      }
    } finally {
      await Promise.all(all.map(async (nodes) => await nodes.stop()))
    }
  }

  async #batch (nodes: Nodes, scripts: readonly Script[]): Promise<void> {
    await nodes.start()
    const hadFailed = nodes.hasFailed
    const { shapes, faults } = await play(nodes, scripts)
    this.shapes += shapes
    this.rss = Math.max(this.rss, nodes.rss)
    const scene = { setup: nodes.setup.name, scripts }
    const causes = faults.filter((fault) => !isConsequence(fault))
    for (const fault of causes.length > 0 || hadFailed ? causes : faults) await this.#take(nodes, scene, fault)
    await recover(nodes, faults)
    this.#options.onBatch?.(this)
  }

  async #take (nodes: Nodes, scene: Scene, fault: Fault): Promise<void> {
    const signature = `${nodes.setup.guarded ? '' : 'unguarded, '}${signatureOf(fault)}`
    const known = this.findings.get(signature) ?? this.findings.get(signatureOf(fault))
    if (known !== undefined) {
      known.count++
      return
    }
    const found = { finding: { target: TARGET, input: write(scene), error: fault.text }, count: 1 }
    this.findings.set(signature, found)
    if (this.#options.shrinks !== false) {
      await recover(nodes, [fault])
      const small = await shrink(scene, async ({ scripts }) => await repeats(nodes, scripts, fault), FATAL.includes(fault.kind) ? SHRINKING_FATAL : SHRINKING)
      found.finding.input = write(small)
    }
    this.#options.onFinding?.(found.finding)
  }
}

/** Starts the nodes anew where the old ones cannot go on. */
async function recover (nodes: Nodes, faults: readonly Fault[]): Promise<void> {
  // An error that came through the client of Redis has left it in the middle of an answer.
  if (!faults.some(({ kind, text }) => FATAL.includes(kind) || text.includes('@redis/client') || isConsequence({ kind, text }))) return
  await nodes.stop()
  await nodes.start()
}

async function repeats (nodes: Nodes, scripts: Scene['scripts'], fault: Fault): Promise<boolean> {
  const { faults } = await play(nodes, scripts)
  await recover(nodes, faults)
  return faults.some((other) => signatureOf(other) === signatureOf(fault))
}

/** Plays findings again, those of one setup on the same nodes; the faults that come of each. */
export async function replay <T extends Pick<Finding, 'input'>> (findings: readonly T[], redis: string, tell: (finding: T, faults: readonly Fault[]) => void): Promise<void> {
  for (const setup of SETUPS) {
    const own = findings.filter(({ input }) => read(input).setup === setup.name)
    if (own.length === 0 || (redis === '' && setup.adapter === 'redis')) continue
    const nodes = new Nodes(setup, redis)
    try {
      for (const finding of own) {
        await nodes.start()
        const { faults } = await play(nodes, read(finding.input).scripts)
        tell(finding, faults)
        await recover(nodes, faults)
      }
    } finally {
      await nodes.stop()
    }
  }
}
