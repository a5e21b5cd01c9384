// CVE-2020-36049: socket.io-parser read the numbers and names before a packet's data character by character, and had many times their
// size of memory for it. Messages are bounded, and what is within the bound costs little more than itself.
import t from 'tap'
import type { EngineClient } from '../kit/engine-io/client.js'
import { ending, endsSession } from './session-ends.js'
import { engine, expect, VERSIONS } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'
import type { Face } from './withstands.js'

const MEGABYTE = 1e6
const digits = '1'.repeat(MEGABYTE - 100)
const name = `/${'n'.repeat(MEGABYTE - 100)}`
const NAMELESS = `42${name}`
/** Numbers and names that go on and on, and whether their session ends. The Server ends it for namespaces that are not connected. */
const LONG: readonly [packet: string, ends: Record<Face, boolean>][] = [
  [`45${digits}`, { packets: true, server: true }],
  [`45${digits}-["x"]`, { packets: true, server: true }],
  [`42${digits}["x"]`, { packets: true, server: false }],
  [`43${digits}`, { packets: true, server: false }],
  [NAMELESS, { packets: true, server: true }],
  [`42${name},["message"]`, { packets: false, server: true }],
  [`40${name}?q,`, { packets: false, server: false }]
]

/** The session goes on, whether or not a connection to a namespace has been refused. */
async function livesOn (client: EngineClient): Promise<void> {
  await client.send('42["message","still here"]')
  const heard = String(await client.next())
  if (heard.startsWith('44/')) await expect(client, '42["message","still here"]')
  else if (heard !== '42["message","still here"]') throw new Error(`${heard} came`)
}

for (const face of FACES) {
  t.test(`${face}: numbers and names as long as a message may be`, async (t) => {
    const target = await startTarget(t, face)
    const { port } = target
    await withstands(t, target, { held: 6, peak: 96 }, async () => {
      for (const eio of VERSIONS) {
        for (const [packet, ends] of LONG) {
          const name = packet.slice(0, 9)
          if (ends[face]) {
            // An event without a name does not reach the Server.
            await endsSession(t, packet === NAMELESS ? { port, face: 'packets' } : target, eio, 'websocket', [packet], name)
            continue
          }
          const client = await engine(t, port, eio, 'websocket')
          await client.send(packet)
          await t.resolves(livesOn(client), `engine ${eio}: ${name} says nothing`)
        }
        const client = await engine(t, port, eio, 'websocket')
        await client.send(`42${'1'.repeat(20 * MEGABYTE)}["x"]`)
        t.match(String(await ending(client)), /^(?:1009|1006)$/, 'longer ones are not read')
      }
    })
  })
}
