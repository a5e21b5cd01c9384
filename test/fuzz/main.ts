// `npm run fuzz`: every target in turn for as long as one likes, codecs and forms by inputs, a running server by rounds of operations.
import { basename } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { Campaign } from './campaign.js'
import { Coverage } from './coverage.js'
import { keep } from './findings.js'
import { playRound } from './protocol/round.js'
import { Random } from './random.js'
import { fuzzShapes, replayShapes } from './shapes/command.js'
import { TARGETS } from './targets/index.js'

const USAGE = `npm run fuzz -- [--seconds N] [--inputs N] [--seed N] [--target NAME] [--setup NAME] [--replay FILE]
  --seconds  how long in all, a tenth of it for the protocol and a third for shapes (default 60)
  --inputs   instead: how many inputs for each target; the protocol gets a tenth as many operations
  --seed     what the inputs are made from (default: another one each time)
  --target   only targets with this in their names; the protocol is "protocol", shapes that real nodes are sent "shapes"
  --setup    only shapes for applications with this in their names, as "redis json guarded"
  --replay   plays a kept finding of shapes again, by the name of its file`
const SLICE = 2000
/** Operations of a round of the protocol. */
const ROUND = 400

const { values: flags } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    inputs: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 32)) },
    target: { type: 'string', default: '' },
    setup: { type: 'string', default: '' },
    replay: { type: 'string' },
    help: { type: 'boolean', default: false }
  }
})
const [seconds, seed] = [Number(flags.seconds), Number(flags.seed)]
const inputs = flags.inputs === undefined ? undefined : Number(flags.inputs)
if (flags.help || !(seconds > 0) || !Number.isInteger(seed) || (inputs !== undefined && !(inputs > 0))) {
  console.log(USAGE)
  process.exit(flags.help ? 0 : 2)
}

if (flags.replay !== undefined) process.exit(await replayShapes(basename(flags.replay)) > 0 ? 1 : 0)

let findings = 0

function report (name: string, what: string, file: string): void {
  findings++
  console.error(`FINDING in ${name}: ${what}\n  kept in ${file}; again with --seed ${seed} --target "${name}"`)
}

/** Whether a target has had its share. */
function over (done: number, share: number, since: number, ms: number): boolean {
  return inputs === undefined ? performance.now() - since >= ms : done >= inputs * share
}

const targets = TARGETS.filter(({ name }) => name.includes(flags.target))
const withProtocol = 'protocol'.includes(flags.target)
const withShapes = 'shapes'.includes(flags.target)
/** Of the time, what each kind gets, where there are others. */
const shares = { targets: targets.length > 0 ? 6 : 0, protocol: withProtocol ? 1 : 0, shapes: withShapes ? 3 : 0 }
const share = seconds * 1000 / (shares.targets + shares.protocol + shares.shapes)
const slice = share * shares.targets / Math.max(targets.length, 1)
let total = 0
console.log(`seed ${seed}, ${targets.length} targets${withProtocol ? ', the protocol' : ''}${withShapes ? ', shapes' : ''}`)

for (const target of targets) {
  const coverage = new Coverage()
  const campaign = new Campaign(target, { seed, coverage })
  const since = performance.now()
  while (campaign.finding === undefined && !over(campaign.inputs, target.share ?? 1, since, slice)) await campaign.run(SLICE * (target.share ?? 1))
  coverage.stop()
  await target.close?.()
  total += campaign.inputs
  const time = (performance.now() - since) / 1000
  console.log(`${target.name}: ${campaign.inputs} inputs, ${Math.round(campaign.inputs / time)}/s, corpus ${campaign.corpus.length}, ${time.toFixed(1)} s`)
  if (campaign.finding !== undefined) report(target.name, campaign.finding.error, keep(campaign.finding))
}

if (withProtocol) {
  const random = new Random(seed)
  const since = performance.now()
  const ms = share * shares.protocol
  let operations = 0
  while (!over(operations, 0.1, since, ms)) {
    const round = random.seed()
    const outcome = await playRound(round, ROUND)
    operations += outcome.operations
    console.log(`protocol: ${operations} operations, ${((performance.now() - since) / 1000).toFixed(1)} s`)
    if (outcome.error === undefined) continue
    console.error(outcome.error.stack, outcome.diaries.map((diary) => diary.slice(-300)).join('\n'))
    report('protocol', outcome.error.message, keep({ target: 'protocol', input: String(round), error: outcome.error.message }))
    break
  }
}

if (withShapes) findings += await fuzzShapes({ seed, setup: flags.setup, shapes: inputs, ms: share * shares.shapes })

console.log(`${total} inputs, ${findings} findings`)
process.exit(findings > 0 ? 1 : 0)
