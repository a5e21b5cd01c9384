// Found from outside: with `maxTotalQueueBytes` full to the last bytes, whoever was said something next was ended, though it kept a few hundred bytes and
// others megabytes. Twelve megabytes of connects to a namespace that is not there were enough. Now those who keep most go.
import t from 'tap'
import { post } from '../kit/raw/http.js'
import { RawConnection } from '../kit/raw/connection.js'
import { echoes, engine, revision1 } from './entrances.js'
import { FACES, startTarget } from './withstands.js'

const TOTAL = 24_000_000
/** What a packet that waits takes, bytes; about. */
const EACH = 150
const MOST_SESSIONS = 60

for (const face of FACES) {
  t.test(`${face}: who fills what all may hold ends nobody who holds little`, async (t) => {
    const target = await startTarget(t, face, { maxTotalQueueBytes: TOTAL })
    const { port } = target
    const honest = [await revision1(t, port, 'xhr-polling'), await revision1(t, port, 'jsonp-polling'), await engine(t, port, 3, 'xhr'), await engine(t, port, 4, 'xhr')]
    const free = async (): Promise<number> => TOTAL - (await target.state()).queued
    // Each session takes less than half of what is free, so that it is not given up itself.
    let sessions = 0
    for (let left = await free(); left > 2 * EACH && sessions < MOST_SESSIONS; left = await free()) {
      const { sid } = await engine(t, port, 4, 'xhr')
      sessions++
      const raw = new RawConnection(port)
      const count = Math.max(1, Math.min(9999, Math.floor(left * 0.4 / EACH)))
      const packet = face === 'server' ? '40/nobody,' : '42["message",""]'
      await post(raw, { path: `/socket.io/?EIO=4&transport=polling&sid=${sid}`, type: 'text/plain' }, Array.from({ length: count }, () => packet).join('\x1e'))
      raw.reset()
    }
    t.ok(await free() < TOTAL / 8, `${sessions} sessions leave ${await free()} bytes free`)
    for (let i = 0; i < 10; i++) {
      for (const client of honest) await t.resolves(echoes(client, `${i} ${'x'.repeat(300)}`))
      for (const bystander of target.bystanders) await t.resolves(bystander.echo())
    }
    const { ended, faults } = await target.state()
    t.strictSame(faults, [])
    t.strictSame(Object.keys(ended), ['slow client'])
    t.ok((ended['slow client'] ?? 0) < sessions / 2, 'some of those who fill it were given up')
  })
}
