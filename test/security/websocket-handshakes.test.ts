// Requests for a WebSocket that a library stumbled over: GHSA-5v72-xg48-5rpm (an extension named like a property of objects), CVE-2021-32640
// (a list of protocols with very many spaces), CVE-2024-37890 (more headers than Node reads), and the drafts before RFC 6455, whose frames
// CVE-2026-54466 was about.
import t from 'tap'
import { rawHttp, UPGRADE } from '../kit/raw/http.js'
import { engine, VERSIONS } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'
import type { Target } from './withstands.js'
import type { Teardown } from '../kit/teardown.js'
import { handshakeAt } from '../kit/revision-1/client.js'

/** Where each kind of WebSocket is asked for, with a session where it takes one. */
async function paths (t: Teardown, { port }: Target): Promise<string[]> {
  const sid = await handshakeAt(port)
  const all = [`/socket.io/1/websocket/${sid}`, `/socket.io/1/flashsocket/${sid}`, '/socket.io/1/websocket/unknown']
  for (const eio of VERSIONS) {
    const polling = await engine(t, port, eio, 'xhr')
    const url = `/socket.io/?EIO=${eio}&transport=websocket`
    all.push(url, `${url}&sid=${polling.sid}`)
  }
  return all
}

/** As many headers as Node hands over, with as little in them as can be: 16 KiB of head hold them all. */
const HEADERS = Array.from({ length: 2000 }, (_, i) => `${i.toString(36)}:`)
const HOST = 'Host: 127.0.0.1'
const [CONNECTION, ASKING, VERSION, KEY] = UPGRADE
const NO_VERSION = 'Missing or invalid Sec-WebSocket-Version header'
const NO_KEY = 'Missing or invalid Sec-WebSocket-Key header'
const NO_PROTOCOL = 'Invalid Sec-WebSocket-Protocol header'
const NO_EXTENSION = 'Invalid or unacceptable Sec-WebSocket-Extensions header'
/** What asks for no WebSocket as far as can be seen, in the words of each dialect. */
const NO_UPGRADE = { revision1: [426, 'upgrade required'], engine: [400, '{"code":3,"message":"Bad request"}'] } as const
/** A draft's frame whose length has no end; on a WebSocket as it is today, a frame without a mask. */
const ENDLESS = Buffer.alloc(1000, 0xff)

type Expected = readonly [status: number, body: string]
/** Revision 1 accepts any key, as the old server. */
const ANY_KEY = { revision1: [101, ''], engine: [400, NO_KEY] } as const
const extension = (value: string, expected: Expected = [101, '']): [string, string[], Expected] =>
  [`the extension "${value}"`, [HOST, ...UPGRADE, `Sec-WebSocket-Extensions: ${value}`], expected]

/** What is asked for, and how it is answered, by all dialects or by each. */
const REQUESTS: [name: string, lines: readonly string[], expected: Expected | Record<'revision1' | 'engine', Expected>][] = [
  ...['constructor', '__proto__', 'hasOwnProperty', 'toString; valueOf=1'].map((value) => extension(value)),
  ...['constructor=1', '__proto__', 'server_max_window_bits=1'].map((value) => extension(`permessage-deflate; ${value}`, [400, NO_EXTENSION])),
  extension(';;=', [400, NO_EXTENSION]),
  ['protocols between very many spaces', [HOST, ...UPGRADE, `Sec-WebSocket-Protocol: a${' '.repeat(15_000)}b`], [400, NO_PROTOCOL]],
  ['very many protocols', [HOST, ...UPGRADE, `Sec-WebSocket-Protocol: ${Array.from({ length: 3000 }, (_, i) => i.toString(36)).join()}`], [101, '']],
  ['2000 headers before the upgrade', [...HEADERS, HOST, ...UPGRADE], NO_UPGRADE],
  ['2000 headers after Connection', [HOST, CONNECTION, ...HEADERS, ASKING, VERSION, KEY], NO_UPGRADE],
  ['2000 headers after Upgrade', [HOST, CONNECTION, ASKING, ...HEADERS, VERSION, KEY], [400, NO_KEY]],
  ['2000 headers after the version', [HOST, CONNECTION, ASKING, VERSION, ...HEADERS, KEY], [400, NO_KEY]],
  ['draft 75', [HOST, CONNECTION, 'Upgrade: WebSocket'], [400, NO_KEY]],
  ['draft 76', [HOST, CONNECTION, 'Upgrade: WebSocket', 'Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5', 'Sec-WebSocket-Key2: 12998 5 Y3 1  .P00'], [400, NO_KEY]],
  ['version 0', [HOST, CONNECTION, ASKING, 'Sec-WebSocket-Version: 0', KEY], [400, NO_VERSION]],
  ['no version', [HOST, CONNECTION, ASKING, KEY], [400, NO_VERSION]],
  ['a key that is none', [HOST, CONNECTION, ASKING, VERSION, 'Sec-WebSocket-Key: constructor'], ANY_KEY],
  ['an upgrade to two things', [HOST, CONNECTION, 'Upgrade: websocket, h2c', VERSION, KEY], NO_UPGRADE]
]

for (const face of FACES) {
  t.test(`${face}: requests for a WebSocket that are none, or ask for what is none`, async (t) => {
    const target = await startTarget(t, face, { perMessageDeflate: true })
    for (const [name, lines, expected] of REQUESTS) {
      await t.test(name, (t) => withstands(t, target, { held: 4, peak: 16 }, async () => {
        for (const path of await paths(t, target)) {
          const { status, body, raw } = await rawHttp(target.port, [`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
          t.strictSame([status, body], 'engine' in expected ? expected[path.startsWith('/socket.io/1/') ? 'revision1' : 'engine'] : expected, path)
          await raw.write(ENDLESS)
          await raw.closed // refused before, or by these bytes
        }
      }))
    }
  })
}
