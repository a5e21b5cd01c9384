// `npm run fuzz`'s part for shapes: what it prints, and where a Redis comes from.
import { basename } from 'node:path'
import { redisUrl, skip } from '../../kit/machine/redis.js'
import { findingsOf, keep } from '../findings.js'
import { ShapeCampaign, TARGET, replay } from './campaign.js'
import { pack, read, textOf } from './script.js'
import type { Frame } from './script.js'
import { SETUPS } from './setup.js'

/** Between two lines of progress; ms. */
const EVERY = 5000

interface Limits {
  readonly seed: number
  /** Only setups with this in their names. */
  readonly setup: string
  /** Stops after so many. */
  readonly shapes?: number | undefined
  /** Or after so long, ms. */
  readonly ms: number
}

/** Runs with a Redis, which is stopped afterwards; where there is none, what needs one is left out. */
async function withRedis<T> (run: (redis: string | undefined) => Promise<T>): Promise<T> {
  const teardowns: (() => unknown)[] = []
  try {
    return await run(skip === false ? await redisUrl({ teardown: (fn) => teardowns.push(fn) }) : undefined)
  } finally {
    for (const fn of teardowns) await fn()
  }
}

/** The first lines of a stack. */
const head = (text: string): string => text.split('\n').slice(0, 7).join('\n').slice(0, 1500)

/** A finding's session, for people. */
export function describe (input: string): string {
  const { setup, scripts } = read(input)
  const frameText = (frame: Frame): string => {
    const text = JSON.stringify(pack(textOf(frame)))
    return `${typeof frame === 'string' ? '' : `${Object.keys(frame)[0] ?? ''} `}${text.length > 400 ? `${text.slice(0, 400)}…` : text}`
  }
  return scripts.slice(0, 3).map(({ way, node, prelude, frames }) => `  ${setup}, ${way}, node ${node}:${[...prelude, ...frames].slice(0, 8).map((frame) => `\n    ${frameText(frame)}`).join('')}`).join('\n')
}

/** Sends shapes until it is enough; how many findings there are. */
export async function fuzzShapes ({ seed, setup, shapes, ms }: Limits): Promise<number> {
  const since = performance.now()
  let told = since
  return await withRedis(async (redis) => {
    if (redis === undefined) console.log(`${TARGET}: no Redis, so only single nodes`)
    const campaign = new ShapeCampaign({
      seed,
      redis: redis ?? '',
      setups: SETUPS.filter(({ adapter, name }) => name.includes(setup) && (redis !== undefined || adapter === 'memory')),
      enough: (count) => shapes === undefined ? performance.now() - since >= ms : count >= shapes,
      onBatch: ({ shapes: count, findings, rss }) => {
        const now = performance.now()
        if (now - told < EVERY) return
        told = now
        const seconds = (now - since) / 1000
        console.log(`${TARGET}: ${count} shapes, ${Math.round(count / seconds)}/s, ${seconds.toFixed(0)} s, ${findings.size} findings, a node holds ${Math.round(rss / 1e6)} MB at most`)
      },
      onFinding: (finding) => {
        const file = keep(finding)
        console.error(`FINDING in ${TARGET}: ${head(finding.error)}\n${describe(finding.input)}\n  kept in ${file}; again with --replay ${basename(file)}`)
      }
    })
    await campaign.run()
    console.log(`${TARGET}: ${campaign.shapes} shapes, ${Math.round(campaign.shapes / (performance.now() - since) * 1000)}/s`)
    for (const [signature, { count }] of campaign.findings) console.log(`${TARGET}: ${count} times ${signature}`)
    return campaign.findings.size
  })
}

/** Plays a kept finding again; how many still break the rule. @param file the name of its file, or the end of it */
export async function replayShapes (file: string): Promise<number> {
  const findings = findingsOf(TARGET).filter(({ file: own }) => own.endsWith(file))
  let broken = 0
  await withRedis(async (redis) => await replay(findings, redis ?? '', ({ file: own }, faults) => {
    if (faults.length > 0) broken++
    console.log(`${own}: ${faults.length === 0 ? 'nothing' : faults.map(({ kind, text }) => `${kind}: ${head(text)}`).join('\n')}`)
  }))
  return broken
}
