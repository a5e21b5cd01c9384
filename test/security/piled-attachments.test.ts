// CVE-2026-48804: python-socketio kept every attachment of a packet that had announced a million of them. Here too many are refused when they
// are announced, they may be no more than maxPayload together (decoded packets), and one that was not announced ends its session.
import t from 'tap'
import type { EngineClient } from '../kit/engine-io/client.js'
import { ending } from './session-ends.js'
import { engine, ENGINE_WAYS, VERSIONS } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'
import type { Face } from './withstands.js'
import type { Message } from '../kit/engine-io/payload.js'

const PLACE = '{"_placeholder":true,"num":0}'
const LARGE = Buffer.alloc(150_000)
const many = (count: number): Buffer[] => Array.from({ length: count }, () => LARGE)

/** What is said; it ends the session, with these faces. */
const PILES: [name: string, packets: Message[], faces?: readonly Face[]][] = [
  ['a million, announced', [`451000000-["pile",${PLACE}]`]],
  ['eleven, announced', [`4511-["pile",${PLACE}]`]],
  ['a million of an acknowledgement, announced', [`461000000-1[${PLACE}]`]],
  ['one that was not announced', [LARGE]],
  ['one more than was announced', [`451-["pile",${PLACE}]`, LARGE, LARGE]],
  ['a message instead of them', [`452-["pile",${PLACE}]`, LARGE, '42["message","text"]']],
  ['another announcement instead of them', [`452-["pile",${PLACE}]`, `452-["pile",${PLACE}]`]],
  ['more than maxPayload together', [`4510-["pile",${PLACE}]`, ...many(7)], ['packets']]
]

/** Sends packets one by one, as large as they are, until the session is over. */
async function say (client: EngineClient, packets: readonly Message[]): Promise<void> {
  for (const packet of packets) await client.send(packet)
}

for (const face of FACES) {
  t.test(`${face}: attachments that pile up end their session`, async (t) => {
    const target = await startTarget(t, face)
    for (const [name, packets, faces = FACES] of PILES) {
      if (!faces.includes(face)) continue
      await t.test(name, async (t) => {
        const clients = await Promise.all(VERSIONS.flatMap((eio) => ENGINE_WAYS.map((way) => engine(t, target.port, eio, way))))
        const { ended } = await withstands(t, target, { held: 16, peak: 64 }, async () => {
          for (const client of clients) {
            say(client, packets).catch(() => {}) // the last POST may be refused
            const end = await ending(client)
            t.equal(end, client.wire === undefined ? '400 {"code":1,"message":"Session ID unknown"}' : face === 'server' ? 1005 : name.startsWith('more') ? 1009 : 1002)
          }
        })
        const reason = face === 'server' ? 'closed by server' : name.startsWith('more') ? 'payload too large' : 'parse error'
        t.strictSame(ended, { [reason]: clients.length })
      })
    }
  })

  t.test(`${face}: attachments of very many sessions that are never whole`, async (t) => {
    const target = await startTarget(t, face)
    const clients = await Promise.all(Array.from({ length: 20 }, () => engine(t, target.port, 4, 'websocket')))
    await withstands(t, target, { held: 20, peak: 64 }, async () => {
      for (const client of clients) await say(client, [`4510-["pile",${PLACE}]`, ...many(6)])
    })
    const { ended, grown } = await withstands(t, target, { held: 4, peak: 64 }, async () => {
      for (const client of clients) {
        await client.send('42["message","text"]')
        await ending(client)
      }
    })
    t.strictSame(Object.values(ended), [clients.length])
    t.ok(grown.held < -8, `their attachments went with them: ${grown.held} MiB`)
  })
}
