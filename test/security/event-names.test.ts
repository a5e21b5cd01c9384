// CVE-2024-38355: an event named `error`, which nobody listened to, was thrown by the EventEmitter and ended socket.io's process.
// CVE-2023-32695: so did one whose name was an object, when something made text of it. Names that mean something to an emitter, and names
// that are none, over every transport.
import t from 'tap'
import type { Test } from 'tap'
import { ALL } from '../kit/revision-1/client.js'
import { endsSession } from './session-ends.js'
import { echoes, engine, ENGINE_WAYS, revision1, VERSIONS } from './entrances.js'
import type { EngineWay } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'
import type { Target } from './withstands.js'

/** An event that nobody listens to, by names that others might. */
const HARMLESS = [
  '["error"]', '["error",{"message":"x"}]', '["error",null]', '["error",{"toString":1}]', '["__proto__",{}]', '["constructor"]', '["toString"]',
  '["hasOwnProperty"]', '["domain"]', '[""]', '["packet"]', '["data"]', '["drain"]', '["close"]', '["upgrade"]', '[1]'
]

/** No events: names that are none, names of the emitter itself, and lists that are none. */
const BROKEN = [
  '[{"toString":"foo"}]', '[{"toString":1}]', '[{"length":1}]', '[["message"]]', '[null]', '[true]', '[{}]', '[]', '{}', '{"0":"message"}', '"message"',
  'null', '["connect"]', '["connect_error"]', '["disconnect"]', '["disconnecting"]', '["newListener"]', '["removeListener"]', '["message"'
]

const NOTHING = ['42', '421']

/** An event of revision 1 with this list of name and arguments. */
const old = (list: string): string => {
  const [name, ...args] = JSON.parse(list) as unknown[]
  return `5:::${JSON.stringify({ name, args })}`
}

/** What is no event in revision 1. */
const OLD_BROKEN = [
  '5:::{"name":{"toString":"foo"}}', '5:::{"name":{"toString":1},"args":[]}', '5:::{"name":["message"]}', '5:::{"name":null}', '5:::{"name":1}', '5:::{}', '5:::[]',
  '5:::["message"]', '5:::null', '5:::"message"', '5:::1', '5:::', '5::', '5:::{', '5:::{"name":"message","args":{"length":1}}', '5:::{"name":"message","args":"x"}',
  '5:::{"name":"message","args":null}', '5:::{"name":"__proto__","args":1}'
]
/** Those that the official Server would take for its own. */
const RESERVED = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'].map((name) => old(`["${name}"]`))

async function attackEngine (t: Test, target: Target, eio: 3 | 4, way: EngineWay): Promise<void> {
  const { port } = target
  const name = `engine ${eio}, ${way}`
  const client = await engine(t, port, eio, way)
  for (const list of HARMLESS) await client.send(`42${list}`, `421${list}`)
  await t.resolves(echoes(client, 'still here'), `${name}: events that nobody listens to`)
  const broken = (way === 'websocket' ? BROKEN : BROKEN.slice(0, 3)).flatMap((list) => [`42${list}`, `421${list}`])
  for (const packet of broken) await endsSession(t, target, eio, way, [packet], packet)
  // The Server would call `onAny` listeners without a name: ours ends the session before.
  for (const packet of NOTHING) await endsSession(t, { ...target, face: 'packets' }, eio, way, [packet], packet)
}

for (const face of FACES) {
  t.test(`${face}: names of events`, async (t) => {
    const target = await startTarget(t, face)
    await withstands(t, target, { held: 8, peak: 64 }, async () => {
      for (const eio of VERSIONS) {
        for (const way of ENGINE_WAYS) if (target.dialects.includes(`engine ${eio}`)) await attackEngine(t, target, eio, way)
      }
      if (!target.dialects.includes('revision 1')) return
      for (const name of ALL) {
        const client = await revision1(t, target.port, name)
        for (const packet of [...HARMLESS.filter((list) => list !== '[1]').map(old), ...OLD_BROKEN, ...RESERVED]) {
          await client.send(packet, packet.replace('5:::', '5:1+::'))
        }
        await t.resolves(echoes(client, 'still here'), `revision 1, ${name}: events that nobody listens to, and none`)
      }
    })
  })
}
