// Whether the suite sees the damage that it looks for.
import t from 'tap'
import { head, rawHttp } from '../kit/raw/http.js'
import { FACES, startTarget, watch, withstands } from './withstands.js'

for (const face of FACES) {
  t.test(`${face}: a refused request does no harm`, async (t) => {
    const target = await startTarget(t, face)
    await withstands(t, target, { held: 4, peak: 16 }, async () => {
      const { status, body, raw } = await rawHttp(target.port, head('GET', '/socket.io/?EIO=4&transport=polling&sid=x'))
      t.strictSame([status, body], [400, '{"code":1,"message":"Session ID unknown"}'])
      raw.reset()
    })
  })
}

for (const damage of ['crash', 'reject'] as const) {
  t.test(`the end of the process is seen: ${damage}`, async (t) => {
    const target = await startTarget(t, 'packets')
    await t.rejects(watch(target, async () => target.sabotage(damage)), { message: /the server (?:has died: 1|is dead)/ })
  })
}

t.test('memory, errors in the log and sessions that are not served are seen', async (t) => {
  const target = await startTarget(t, 'packets')
  const none = await watch(target, async () => {})
  t.match(none, { unserved: '', faults: [] })
  t.ok(none.grown.held < 4 && none.grown.peak < 16)
  const hoard = await watch(target, async () => target.sabotage('hoard'))
  t.ok(hoard.grown.held >= 7, `held: ${hoard.grown.held} MiB`)
  const spend = await watch(target, async () => target.sabotage('spend'))
  t.ok(spend.grown.held < 4 && spend.grown.peak > 64, `held: ${spend.grown.held} MiB, peak: ${spend.grown.peak} MiB`)
  t.match(await watch(target, async () => target.sabotage('fault')), { unserved: '', faults: [/fault/] })
  t.match(await watch(target, async () => target.sabotage('stall')), { unserved: /no echo within 5000 ms/ })
})
