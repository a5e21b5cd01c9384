// CVE-2022-2421: a placeholder named any property of the list of attachments, a method of it, say, and the application was handed that.
// CVE-2026-33151: attachments were announced by the million, and what came of them was kept. Either ends its session.
import t from 'tap'
import type { Message } from '../kit/engine-io/payload.js'
import { endsSession, ending } from './session-ends.js'
import { CLOSED } from './refusal-texts.js'
import { engine, ENGINE_WAYS, VERSIONS } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'

const BYTES = Buffer.from('attached')
const placeholder = (num: string): string => `451-["message",{"_placeholder":true,"num":${num}}]`

/** Packets that end their session, over every transport. */
const WORST: Record<string, Message[]> = {
  'a placeholder that names a method': [placeholder('"splice"'), BYTES],
  'a million attachments': ['45999999-["message",{"_placeholder":true,"num":0}]', BYTES],
  'an acknowledgement with a method': ['461-1[{"_placeholder":true,"num":"splice"}]', BYTES]
}

/** The same, over WebSockets. */
const OTHERS: Record<string, Message[]> = {
  ...Object.fromEntries(['"__proto__"', '"constructor"', '"length"', '"0"', '-1', '1', '1.5', '1e99', 'null', 'true', '{}', '[0]'].map((num) =>
    [`a placeholder of ${num}`, [placeholder(num), BYTES]])),
  'a placeholder without a number': ['451-["message",{"_placeholder":true}]', BYTES],
  'just too many attachments': ['4511-["message",{"_placeholder":true,"num":0}]', BYTES],
  ...Object.fromEntries(['', '0', '-1', '1.5', '1e3', 'Infinity', 'NaN', '\u0661', '1'.repeat(400)].map((count) =>
    [`a count of ${count.slice(0, 9)}`, [`45${count}-["message",{"_placeholder":true,"num":0}]`, BYTES]])),
  'a count without its end': ['451["message"]'],
  'text where an attachment is due': [placeholder('0'), '42["message","x"]'],
  'an attachment of nothing': [BYTES],
  'an attachment too many': [placeholder('0'), BYTES, BYTES],
  'an unknown type': ['47["message"]'],
  'a type that is none': ['4x']
}

for (const face of FACES) {
  t.test(face, async (t) => {
    const target = await startTarget(t, face)

    await t.test('packets that announce what does not come, or ask for what is none', async (t) => {
      const { ended } = await withstands(t, target, { held: 6, peak: 64 }, async () => {
        for (const eio of VERSIONS) {
          for (const way of ENGINE_WAYS) {
            for (const [name, packets] of Object.entries(WORST)) await endsSession(t, target, eio, way, packets, name)
          }
          for (const [name, packets] of Object.entries(OTHERS)) await endsSession(t, target, eio, 'websocket', packets, name)
        }
      })
      t.strictSame(Object.keys(ended), [face === 'packets' ? 'parse error' : 'closed by server'])
    })

    await t.test('what is sent in spite of that is not kept', async (t) => {
      const large = Buffer.alloc(900_000)
      await withstands(t, target, { held: 6, peak: 96 }, async () => {
        for (const eio of VERSIONS) {
          const client = await engine(t, target.port, eio, 'websocket')
          await client.send('45999999-["message",{"_placeholder":true,"num":0}]', ...Array.from({ length: 60 }, () => large))
          // It is closed while more of it comes, which may be answered with a RST.
          t.match(String(await ending(client)), new RegExp(`^(?:${CLOSED[face]}|1006)$`))
        }
      })
    })
  })
}
