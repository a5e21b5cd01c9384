// CVE-2020-36048: a POST of digits that never end made engine.io collect them one by one, in memory many times their size. Bodies are
// bounded before anything reads them, and a length has few digits.
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { enginePoster, posters } from './posters.js'
import type { Poster } from './posters.js'
import { RawConnection } from '../kit/raw/connection.js'
import { BAD_REQUEST, UNKNOWN_SESSION } from './refusal-texts.js'
import { POLLING } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import { chunk, head, LAST_CHUNK, post } from '../kit/raw/http.js'

const MEGABYTE = 1e6

/** Digits without end: the answer comes at the bound, and what follows is not kept. */
async function endlessDigits (port: number, { path, type, jsonp }: Poster): Promise<unknown[]> {
  const raw = new RawConnection(port)
  await raw.write(head('POST', path, `Content-Type: ${type}`, 'Transfer-Encoding: chunked'))
  await raw.write(chunk(jsonp ? 'd=' : '1'))
  const digits = chunk('1'.repeat(MEGABYTE))
  await raw.write(digits)
  const answer = raw.answer()
  await Promise.race([answer, pause(2000)]) // an original waits for more
  for (let i = 0; i < 30 && !raw.socket.destroyed; i++) await raw.write(digits)
  await raw.write(LAST_CHUNK)
  const { status, body } = await answer
  raw.reset()
  return [status, body]
}

t.test('digits without end are refused at maxPayload, and their session lives', async (t) => {
  const target = await startTarget(t, 'packets')
  const all = await posters(t, target)
  const { ended } = await withstands(t, target, { held: 4, peak: 64 }, async () => {
    for (const poster of all) t.strictSame(await endlessDigits(target.port, poster), poster.tooLarge, poster.name)
  })
  t.strictSame(ended, {})
  for (const poster of all) await t.resolves(poster.lives(), poster.name)
})

/** Lengths that are none, or not true, in bodies that fit into maxPayload. */
const TEXTS: Record<string, string> = {
  'digits alone': '1'.repeat(MEGABYTE - 3),
  'more than a number holds': `${'9'.repeat(400)}:4x`,
  'more than there is': '99999999999:4x',
  'just more than there is': '3:4x',
  'an exponent': '1e9:4x',
  'a negative length': '-1:4x',
  'a fraction': '1.5:4x',
  'a sign': '+2:4x',
  'hexadecimal digits': '0x2:4x',
  'a number in words': 'Infinity:4x',
  'no number': 'NaN:4x',
  'digits of another script': '\u0662:4x',
  'a space': ' 2:4x',
  'no length': ':4x',
  'colons alone': ':'.repeat(MEGABYTE / 4),
  'something after the last packet': '2:4x2'
}

const BINARIES: Record<string, Buffer> = {
  'digits alone': Buffer.concat([Buffer.of(0), Buffer.alloc(MEGABYTE - 1, 1)]),
  'digits of a binary packet alone': Buffer.alloc(MEGABYTE, 1),
  'more than a number holds': Buffer.concat([Buffer.of(0), Buffer.alloc(309, 9), Buffer.of(255, 0x34)]),
  'more than there is': Buffer.of(0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 255, 0x34),
  'a digit above 9': Buffer.of(0, 10, 255, 0x34),
  'no length': Buffer.of(0, 255, 0x34),
  'no end of the length': Buffer.of(0, 1),
  'an unknown kind': Buffer.of(2, 1, 255, 0x34),
  'ends of lengths alone': Buffer.alloc(MEGABYTE, 255)
}

/** A body that is refused, and ends its session. */
async function isRefused (t: Test, raw: RawConnection, poster: Poster, body: string | Uint8Array, name: string): Promise<void> {
  const { status, body: refusal } = await post(raw, poster, body)
  const again = await post(raw, poster, poster.body(poster.message('again')))
  poster.client.close()
  t.strictSame([status, refusal, again.status, again.body], [400, BAD_REQUEST, 400, UNKNOWN_SESSION], name)
}

t.test('lengths that are none, or not true, end their session of engine 3', async (t) => {
  const target = await startTarget(t, 'packets')
  const { port } = target
  const { ended } = await withstands(t, target, { held: 4, peak: 64 }, async () => {
    const raw = new RawConnection(port)
    for (const [name, text] of Object.entries(TEXTS)) {
      for (const way of POLLING) {
        const poster = await enginePoster(t, port, 3, way)
        await isRefused(t, raw, poster, poster.body(text), `${way}: ${name}`)
      }
    }
    for (const [name, bytes] of Object.entries(BINARIES)) {
      const poster = await enginePoster(t, port, 3, 'xhr')
      await isRefused(t, raw, { ...poster, type: 'application/octet-stream' }, bytes, `binary: ${name}`)
    }
    raw.reset()
  })
  t.strictSame(ended, { 'parse error': Object.keys(TEXTS).length * POLLING.length + Object.keys(BINARIES).length })
})
