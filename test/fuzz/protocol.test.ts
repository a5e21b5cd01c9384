// The protocol fuzzer's short run: a few rounds by fixed seeds, as far as the network repeats itself, and those that found something before.
import t from 'tap'
import { findingsOf } from './findings.js'
import { playRound } from './protocol/round.js'

const ROUNDS = 8
const OPERATIONS = 240

const seeds = [...Array.from({ length: ROUNDS }, (_, i) => i + 1), ...findingsOf('protocol').map(({ input }) => Number(input))]

for (const seed of seeds) {
  t.test(`whatever clients do, in whatever order, the server is as it should be, then and afterwards (seed ${seed})`, async (t) => {
    const { operations, error, diaries } = await playRound(seed, OPERATIONS)
    if (error !== undefined) t.comment(error.stack, diaries.join('\n'))
    t.equal(error, undefined)
    t.ok(operations >= OPERATIONS)
  })
}
