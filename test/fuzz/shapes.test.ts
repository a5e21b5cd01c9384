// The shape fuzzer's short run: real nodes in processes of their own, a fixed seed, and what was found before. `npm run fuzz -- --target shapes`
// goes on from here.
import t from 'tap'
import { redisUrl, skip } from '../kit/machine/redis.js'
import { findingsOf } from './findings.js'
import { replay, ShapeCampaign, TARGET } from './shapes/campaign.js'
import { describe } from './shapes/command.js'
import { setupOf } from './shapes/setup.js'

const SHAPES = 8000
const SEED = 20261128
/** One for each parser and adapter, so that few processes have to start. */
const NAMES = ['redis json guarded', 'memory msgpack guarded']

t.test('whatever shape clients send, the application lives, quickly and in silence, and so do its other clients', { skip }, async (t) => {
  const redis = await redisUrl(t)

  await t.test('shapes by a fixed seed', async (t) => {
    const campaign = new ShapeCampaign({ seed: SEED, redis, setups: NAMES.map(setupOf), enough: (count) => count >= SHAPES, shrinks: false })
    await campaign.run()
    for (const { finding: { error, input } } of campaign.findings.values()) t.fail(error.slice(0, 2000), { input: describe(input) })
    t.ok(campaign.shapes >= SHAPES)
  })

  await t.test('shapes that broke it once', async (t) => {
    await replay(findingsOf(TARGET), redis, ({ error }, faults) => t.strictSame(faults, [], error.slice(0, 200)))
  })
})
