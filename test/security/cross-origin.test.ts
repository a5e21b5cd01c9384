// CVE-2020-28481: socket.io up to 2.3 allowed every origin unless it was told otherwise, so that any page could open a session with its
// visitor's cookies and read it. By default a page of elsewhere is told no, by every transport, and no header lets it read that.
import t from 'tap'
import { ALL } from '../kit/revision-1/client.js'
import { pathOf } from './posters.js'
import { head, UPGRADE } from '../kit/raw/http.js'
import { BAD_REQUEST } from './refusal-texts.js'
import { echoes, engine, revision1, revision1Url, VERSIONS } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import { RawConnection } from '../kit/raw/connection.js'

/** What browsers say of pages of elsewhere, which ask by XHR or load a script. */
const PAGES: Record<string, string[]> = {
  'a page': ['Origin: http://evil.test', 'Referer: http://evil.test/page', 'Sec-Fetch-Site: cross-site'],
  'in an old browser': ['Origin: http://evil.test'],
  'in a frame without an origin': ['Origin: null'],
  'on another port': ['Origin: http://127.0.0.1:1'],
  'under a name that begins so': ['Origin: http://127.0.0.1.evil.test'],
  'by https': ['Origin: https://127.0.0.1'],
  'a script': ['Referer: http://evil.test/page', 'Sec-Fetch-Site: cross-site'],
  'a script of a page that hides itself': ['Sec-Fetch-Site: cross-site'],
  'a script in an old browser': ['Referer: http://evil.test/page']
}

interface Request { method: string, path: string, lines?: readonly string[], status: number, body: string }

const OLD = { status: 403, body: 'handshake bad origin' }
/** To who waits for a callback. */
const SCRIPT = { status: 200, body: 'io.j[0](new Error("handshake bad origin"));' }
const FORBIDDEN = { status: 403, body: '{"code":4,"message":"Forbidden"}' }

/** Every request of revision 1, for a session of somebody else. */
function ofRevision1 (port: number, sid: string): Request[] {
  const base = pathOf(revision1Url(port))
  const requests: Request[] = ['GET', 'POST', 'OPTIONS'].map((method) => ({ method, path: base, ...OLD }))
  requests.push({ method: 'GET', path: `${base}?jsonp=0`, ...SCRIPT })
  for (const name of ALL) {
    const path = `${base}${name}/${sid}`
    if (name.endsWith('socket')) requests.push({ method: 'GET', path, lines: UPGRADE, ...OLD })
    else for (const method of ['GET', 'POST', 'OPTIONS']) requests.push({ method, path, ...OLD })
    requests.push({ method: 'GET', path: `${path}?disconnect`, ...OLD })
  }
  return requests
}

/** Every request of Engine.IO, without a session and for one of somebody else. */
const ofEngine = (eio: number, sid: string): Request[] => ['', `&sid=${sid}`].flatMap((session) => {
  const url = (transport: string): string => `/socket.io/?EIO=${eio}&transport=${transport}${session}`
  return [
    ...['GET', 'POST', 'OPTIONS'].flatMap((method) => ['', '&j=0', '&b64=1'].map((query) => ({ method, path: url('polling') + query, ...FORBIDDEN }))),
    { method: 'GET', path: url('websocket'), lines: UPGRADE, ...FORBIDDEN }
  ]
})

t.test('a page of elsewhere is told no, by default', async (t) => {
  const target = await startTarget(t, 'packets')
  const { port, dialects } = target
  const requests: Request[] = []
  const clients = []
  for (const eio of VERSIONS.filter((eio) => dialects.includes(`engine ${eio}`))) {
    const client = await engine(t, port, eio, 'xhr')
    clients.push(client)
    requests.push(...ofEngine(eio, client.sid))
  }
  if (dialects.includes('revision 1')) {
    const client = await revision1(t, port, 'xhr-polling')
    clients.push(client)
    requests.push(...ofRevision1(port, client.sid))
  }
  const { sessions } = await target.state()
  await withstands(t, target, { held: 4, peak: 48 }, async () => {
    for (const { method, path, lines = ['Content-Length: 0'], status, body } of requests) {
      for (const [page, origin] of Object.entries(PAGES)) {
        const raw = new RawConnection(port)
        await raw.write(head(method, path, ...lines, ...origin))
        const answer = await raw.answer()
        t.strictSame([answer.status, answer.body], [status, body], `${page}: ${method} ${path}`)
        t.notMatch(answer.head, /access-control-allow/i)
        raw.reset()
      }
    }
  })
  t.equal((await target.state()).sessions, sessions, 'none was opened, and none ended')
  for (const client of clients) await t.resolves(echoes(client, 'still here'))
})

t.test('an origin that is allowed is named, and no other is with it', async (t) => {
  const target = await startTarget(t, 'packets', { cors: { origin: 'http://friend.test' } })
  await withstands(t, target, { held: 4, peak: 48 }, async () => {
    for (const [origin, status] of [['http://friend.test', 400], ['http://friend.test.evil.test', 403], ['http://evil.test', 403]] as const) {
      const raw = new RawConnection(target.port)
      await raw.write(head('GET', '/socket.io/?EIO=4&transport=polling&sid=x&j=x', `Origin: ${origin}`))
      await raw.answer()
      await raw.write(head('GET', '/socket.io/?EIO=4&transport=websocket', `Origin: ${origin}`))
      const answer = await raw.answer()
      t.strictSame([answer.status, answer.body], [status, status === 400 ? BAD_REQUEST : FORBIDDEN.body])
      t.equal(/^access-control-allow-origin: (.*)\r$/im.exec(answer.head)?.[1], status === 400 ? origin : undefined)
      raw.reset()
    }
  })
})
