// No id, found here, and the same in socket.io 4.8.4: JSON is read however deep it is nested, but what is nested too deep cannot be written.
// An application on the official Server that sends back what it was sent fails on it where nobody catches it, and its process ends.
import t from 'tap'
import { endsSession } from './session-ends.js'
import { ENGINE_WAYS, echoes, revision1, VERSIONS } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

for (const face of FACES) {
  t.test(`${face}: what is nested too deep to be sent back ends its session in Engine.IO, and is dropped in revision 1`, async (t) => {
    const target = await startTarget(t, face)
    await withstands(t, target, { held: 6, peak: 64 }, async () => {
      for (const eio of VERSIONS) {
        for (const way of ENGINE_WAYS) await endsSession(t, { ...target, face: 'packets' }, eio, way, [`42["message",${nested(20_000)}]`], '20,000 levels')
      }
      const client = await revision1(t, target.port, 'xhr-polling')
      await client.send(`4:::${nested(20_000)}`, `5:::{"name":"message","args":${nested(20_000)}}`)
      await echoes(client, 'still here')
    })
  })
}
