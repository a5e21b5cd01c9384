// The fuzzers' short run: the same inputs each time, and what was found before. `npm run fuzz` goes on from here.
import t from 'tap'
import { Campaign, replay } from './campaign.js'
import { findingsOf } from './findings.js'
import { TARGETS } from './targets/index.js'
import type { Target } from './target.js'

const INPUTS = 3000
const SEED = 20261125

for (const target of TARGETS) {
  t.test(`${target.name}: ${target.rule}`, async (t) => {
    for (const finding of findingsOf(target.name)) await t.resolves(replay(target, finding), finding.error)
    const campaign = new Campaign(target, { seed: SEED })
    await campaign.run(Math.ceil(INPUTS * (target.share ?? 1)))
    t.equal(campaign.finding, undefined)
    await target.close?.()
  })
}

t.test('a rule that is broken is found, and by a short input', async (t) => {
  const target: Target = {
    name: 'broken on purpose',
    rule: 'nothing holds a b behind an a',
    seeds: ['aaaa', 'bbbb'],
    run (input) { if (/a.*b/s.test(input)) throw new Error('it does') }
  }
  const campaign = new Campaign(target, { seed: SEED })
  await campaign.run(INPUTS)
  t.match(campaign.finding, { target: 'broken on purpose', input: 'ab', error: 'it does' })
})
