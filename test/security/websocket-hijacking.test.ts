// CVE-2019-13611: python-engineio, like every engine.io by default, took WebSockets from any page, which then spoke with its visitor's cookies.
// Browsers ask nobody before they open one, so the server has to look where it comes from: by each of the headers that say so, on each
// route that takes WebSockets, whatever state the session is in.
import t from 'tap'
import type { Teardown } from '../kit/teardown.js'
import { rawHttp, UPGRADE } from '../kit/raw/http.js'
import { echoes, engine, revision1, VERSIONS } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'
import { handshakeAt } from '../kit/revision-1/client.js'

const EVIL = 'http://evil.test'
/** What browsers have said, and who they are; `own`: the server's origin. */
const PAGES: [name: string, foreign: boolean, lines: (own: string) => readonly string[]][] = [
  ['a page', true, () => [`Origin: ${EVIL}`]],
  ['a page of today', true, () => [`Origin: ${EVIL}`, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: websocket']],
  ['a page on another port', true, () => ['Origin: http://127.0.0.1:1', 'Sec-Fetch-Site: same-site']],
  ['a page by https', true, (own) => [`Origin: ${own.replace('http:', 'https:')}`]],
  ['a page in a sandbox', true, () => ['Origin: null']],
  ['a page with an empty origin', true, () => ['Origin: ']],
  ['a page whose name begins so', true, (own) => [`Origin: ${own.replace(/:\d+$/, '.evil.test')}`]],
  ['two pages', true, (own) => [`Origin: ${EVIL}`, `Origin: ${own}`]],
  ['a page that only Sec-Fetch-Site tells of', true, () => ['Sec-Fetch-Site: cross-site']],
  ['a page that only Referer tells of', true, () => [`Referer: ${EVIL}/page`]],
  ['a page that came by a redirect', true, (own) => ['Sec-Fetch-Site: cross-site', `Referer: ${own}/`]],
  ['a page of 2011, whose browser has another name for its origin', true, () => [`Sec-WebSocket-Origin: ${EVIL}`]],
  ['the same without an origin', true, () => ['Sec-WebSocket-Origin: null']],
  ['the own page', false, (own) => [`Origin: ${own}`]],
  ['the own page behind a proxy that changes Host, as its browser says', false, () => ['Origin: http://proxied.test', 'Sec-Fetch-Site: same-origin']],
  ['the own page in 2011', false, (own) => [`Sec-WebSocket-Origin: ${own}`]],
  ['no browser', false, () => []]
]

const FORBIDDEN = '{"code":4,"message":"Forbidden"}'
const BAD_ORIGIN = 'handshake bad origin'

/** RFC 6455, and the last drafts before it. */
const VERSION_HEADERS = ['13', '8'] as const

interface Route { path: string, refusal: string, version: string }

async function ask (port: number, path: string, version: string, lines: (own: string) => readonly string[]) {
  const host = `127.0.0.1:${port}`
  const asking = UPGRADE.map((line) => line.replace(/(?<=Version: )13/, version))
  return await rawHttp(port, [`GET ${path} HTTP/1.1`, `Host: ${host}`, ...asking, 'Cookie: io=victim', ...lines(`http://${host}`), '', ''].join('\r\n'))
}

/** Every route that takes WebSockets, in both versions that are spoken. */
async function routes (t: Teardown, port: number): Promise<Route[]> {
  const open = await revision1(t, port, 'xhr-polling')
  const paths: [string, string][] = ['websocket', 'flashsocket'].flatMap((name): [string, string][] => [
    [`/socket.io/1/${name}/${open.sid}`, BAD_ORIGIN], [`/socket.io/1/${name}/unknown`, BAD_ORIGIN]
  ])
  paths.push([`/socket.io/1/websocket/${await handshakeAt(port)}`, BAD_ORIGIN])
  for (const eio of VERSIONS) {
    const url = `/socket.io/?EIO=${eio}&transport=websocket`
    const { sid } = await engine(t, port, eio, 'xhr')
    paths.push([url, FORBIDDEN], [`${url}&sid=${sid}`, FORBIDDEN], [`${url}&sid=unknown`, FORBIDDEN])
  }
  return paths.flatMap(([path, refusal]) => VERSION_HEADERS.map((version) => ({ path, refusal, version })))
}

for (const face of FACES) {
  t.test(`${face}: a page of elsewhere gets no WebSocket`, async (t) => {
    const target = await startTarget(t, face)
    const { port } = target
    const victim = await engine(t, port, 4, 'xhr')
    const all = await routes(t, port)
    const { sessions } = await target.state()
    await withstands(t, target, { held: 4, peak: 32 }, async () => {
      for (const { path, refusal, version } of all) {
        for (const [name, foreign, lines] of PAGES) {
          if (!foreign) continue
          const { raw, status, body, head } = await ask(port, path, version, lines)
          t.strictSame([status, body], [403, refusal], `${name}: ${path}`)
          t.notMatch(head, /sec-websocket-accept|access-control-allow/i)
          await raw.closed
        }
      }
    })
    t.equal((await target.state()).sessions, sessions, 'none was opened, and none ended')
    await t.resolves(echoes(victim, 'still here'))
  })
}

t.test('the own page, and who is no browser, get theirs', async (t) => {
  const target = await startTarget(t, 'packets')
  const { port } = target
  for (const [name, foreign, lines] of PAGES) {
    if (foreign) continue
    for (const path of [`/socket.io/1/websocket/${await handshakeAt(port)}`, '/socket.io/?EIO=3&transport=websocket', '/socket.io/?EIO=4&transport=websocket']) {
      for (const version of VERSION_HEADERS) {
        const { raw, status } = await ask(port, path, version, lines)
        t.equal(status, 101, `${name}: ${path}`)
        raw.reset()
      }
    }
  }
})
