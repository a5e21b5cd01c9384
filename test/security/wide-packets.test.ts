// No id, found here, and the same in socket.io 4.8.4: listeners are called with all arguments that a client has sent, outside of any try. A
// call with some hundred thousand fails (`RangeError: Maximum call stack size exceeded`), and ends the process.
import t from 'tap'
import { endsSession } from './session-ends.js'
import { ENGINE_WAYS, echoes, revision1, VERSIONS } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'

const WIDE = 120_000
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const zeros = (count: number): string => Array(count).fill('0').join()

/** Packets of Engine.IO that no client means; those with a quote or brackets before the JSON once made it look shallow. */
const PACKETS: Record<string, string> = {
  'an event of very many arguments': `42["x",${zeros(WIDE)}]`,
  'one that asks for an acknowledgement': `421["x",${zeros(WIDE)}]`,
  'an acknowledgement of very many arguments': `430[${zeros(WIDE)}]`,
  'an event with attachments and very many arguments': `451-["x",{"_placeholder":true,"num":0},${zeros(WIDE)}]`,
  'one argument more than may be': `42["x",${zeros(1001)}]`,
  'JSON nested behind a quote in the namespace': `42/?",["message",${nested(20_000)}]`,
  'JSON nested behind brackets in the namespace': `42/?${']'.repeat(20_000)},["message",${nested(20_000)}]`,
  'auth that is nested': `40/chat,{"a":${nested(20_000)}}`
}

for (const face of FACES) {
  t.test(`${face}: packets that would end the process end their session in Engine.IO, and are dropped in revision 1`, async (t) => {
    const target = await startTarget(t, face)
    await withstands(t, target, { held: 8, peak: 96 }, async () => {
      for (const eio of VERSIONS) {
        for (const way of ENGINE_WAYS) {
          for (const [what, packet] of Object.entries(PACKETS)) await endsSession(t, { ...target, face: 'packets' }, eio, way, [packet], what)
        }
      }
      const client = await revision1(t, target.port, 'xhr-polling')
      await client.send(`5:::{"name":"x","args":[${zeros(WIDE)}]}`, `5:1+::{"name":"x","args":[${zeros(1001)}]}`, `6:::1+[${zeros(WIDE)}]`,
        `5::/x":{"name":"message","args":[${nested(20_000)}]}`, `4::/x":${nested(20_000)}`)
      await echoes(client, 'still here')
      await client.send(`4:::[${zeros(5000)}]`)
      t.equal((await client.next()), `4:::[${zeros(5000)}]`, 'a list is one argument, however long')
    })
  })
}
