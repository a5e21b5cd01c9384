// CVE-2023-41419: gevent took what came after the last chunk of a body, where trailers may be, for the next request: one that the proxy in front
// of it had never seen. Here trailers are read as such, and what is none ends the connection with its request.
import t from 'tap'
import { posters } from './posters.js'
import type { Poster } from './posters.js'
import { RawConnection } from '../kit/raw/connection.js'
import { expect } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import { chunk, head } from '../kit/raw/http.js'

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'
/** What comes after the last chunk's `0`, and is no more than what ends this request. */
const TRAILERS: Record<string, string> = {
  one: 'X-Trailer: x\r\n\r\n',
  'names of headers': 'Host: evil.test\r\nOrigin: http://evil.test\r\nContent-Type: application/octet-stream\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n',
  'a request in a value': 'X-Trailer: GET /smuggled HTTP/1.1\r\n\r\n'
}
/** And what is none. */
const NONE: Record<string, string> = {
  'a request': SMUGGLED,
  'a request after a trailer': `X-Trailer: x\r\n${SMUGGLED}`,
  'a request with a colon': 'GET http://127.0.0.1/smuggled HTTP/1.1\r\nHost: x\r\n\r\n',
  'a request after a bare newline': `X: x\n\n${SMUGGLED}`,
  'a request in a folded line': `X: x\r\n ${SMUGGLED}`,
  'a length': 'Content-Length: 100\r\n\r\n',
  chunks: 'Transfer-Encoding: chunked\r\n\r\n',
  'a name with a space': 'X Trailer: x\r\n\r\n',
  'a name with nothing': ': x\r\n\r\n',
  'a zero byte': 'X: \0\r\n\r\n'
}
/** Last chunks, and lengths, that another server might read otherwise. */
const CHUNKS: Record<string, string> = {
  'a length with a sign': '+5\r\nhello\r\n0\r\n\r\n',
  'a negative length': '-1\r\n\r\n',
  'hexadecimal with its sign': '0x5\r\nhello\r\n0\r\n\r\n',
  'a length with an underscore': '0_5\r\nhello\r\n0\r\n\r\n',
  'a length above 2^64': `${'f'.repeat(17)}\r\nhello\r\n0\r\n\r\n`,
  'no length': '\r\nhello\r\n0\r\n\r\n',
  'a length longer than its chunk': `6\r\nhello\r\n0\r\n\r\n${SMUGGLED}`,
  'a chunk longer than its length': `4\r\nhello\r\n0\r\n\r\n${SMUGGLED}`,
  'a bare newline after the length': `5\nhello\r\n0\r\n\r\n${SMUGGLED}`,
  'extensions without end': `5;${'x'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`
}
/** Heads that say two things. */
const HEADS: Record<string, string[]> = {
  'a length and chunks': ['Content-Length: 5', 'Transfer-Encoding: chunked'],
  'two lengths': ['Content-Length: 5', 'Content-Length: 6'],
  'a length that is a list': ['Content-Length: 5, 5'],
  'chunks that are not last': ['Transfer-Encoding: chunked, identity'],
  'chunks by another name': ['Transfer-Encoding: xchunked'],
  'chunks after a space': ['Transfer-Encoding : chunked']
}

async function ask (port: number, { path, type }: Poster, lines: string[], bytes: string | Buffer): Promise<string> {
  const raw = new RawConnection(port)
  await raw.write(head('POST', path, `Content-Type: ${type}`, ...lines))
  await raw.write(bytes)
  const { status, body } = await raw.answer()
  // A second request shows where the server thinks that the first one ends.
  await raw.write(head('GET', '/', 'Connection: close'))
  await raw.closed
  return `${status} ${body} ${String(raw.received).split('\r\n\r\n').slice(1).join()}`
}
const CHUNKED = ['Transfer-Encoding: chunked']
const WHAT_NODE_SAYS = /^400 .*"Bad Request".* $/s

t.test('what comes after a body', async (t) => {
  const target = await startTarget(t, 'packets')
  const all = await posters(t, target)
  const message = (poster: Poster, text: string): Buffer => chunk(poster.body(poster.message(text)))
  const refused = async (name: string, lines: string[], bytes: (poster: Poster) => string | Buffer): Promise<void> => {
    await t.test(`${name}: nothing of it is delivered, and the connection ends`, (t) => withstands(t, target, { held: 4, peak: 32 }, async () => {
      for (const poster of all) {
        t.match(await ask(target.port, poster, lines, bytes(poster)), WHAT_NODE_SAYS, poster.name)
        await t.resolves(poster.lives(), 'and the session lives') // what was delivered would be heard before
      }
    }))
  }

  for (const [name, trailers] of Object.entries(TRAILERS)) {
    await t.test(`trailers: ${name} are passed over`, (t) => withstands(t, target, { held: 4, peak: 32 }, async () => {
      for (const poster of all) {
        const bytes = Buffer.concat([message(poster, 'in chunks'), Buffer.from(`0\r\n${trailers}`)])
        t.equal(await ask(target.port, poster, CHUNKED, bytes), `${poster.taken.join(' ')} hello`, poster.name)
        await expect(poster.client, poster.dialect === 'revision 1' ? '3:::in chunks' : '42["message","in chunks"]')
      }
    }))
  }
  for (const [name, bytes] of Object.entries(NONE)) {
    await refused(name, CHUNKED, (poster) => Buffer.concat([message(poster, 'intruder'), Buffer.from(`0\r\n${bytes}`)]))
  }
  for (const [name, bytes] of Object.entries(CHUNKS)) await refused(name, CHUNKED, () => bytes)
  for (const [name, lines] of Object.entries(HEADS)) await refused(name, lines, () => `5\r\nhello\r\n0\r\n\r\n${SMUGGLED}`)
})
