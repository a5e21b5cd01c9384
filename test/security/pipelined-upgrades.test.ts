// No id, found here: an upgrade on the connection of a GET that is still held. Node hands it over at once, while the answer of the GET has
// the connection, and giving it another one throws. Whoever held a poll could end the process by asking for an upgrade that nobody takes.
import t from 'tap'
import type { Test } from 'tap'
import { pathOf } from './posters.js'
import { head, UPGRADE } from '../kit/raw/http.js'
import { engine, POLLING, POSTING, revision1, VERSIONS } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import { inTime } from '../kit/waiting.js'
import { RawConnection } from '../kit/raw/connection.js'

/** Upgrades for nobody, for the app, and for us: those that are refused, and those that are not. */
const UPGRADES: Record<string, string> = {
  'to nowhere': head('GET', '/elsewhere', ...UPGRADE),
  'to a page of the app': head('GET', '/', ...UPGRADE),
  'to HTTP/2': head('GET', '/', 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA'),
  'by POST': head('POST', '/', ...UPGRADE, 'Content-Length: 0'),
  'to a transport that there is not': head('GET', '/socket.io/?EIO=4&transport=none', ...UPGRADE),
  'of a session that there is not': head('GET', '/socket.io/?EIO=4&transport=websocket&sid=nobody', ...UPGRADE),
  'to a WebSocket of Engine.IO': head('GET', '/socket.io/?EIO=4&transport=websocket', ...UPGRADE),
  'to a WebSocket of revision 1': head('GET', '/socket.io/1/websocket/nobody', ...UPGRADE),
  'to a tunnel': 'CONNECT elsewhere:80 HTTP/1.1\r\nHost: elsewhere\r\n\r\n'
}

/** A GET of each kind that is held open, in a new session each. */
function held (t: Test, port: number): Record<string, () => Promise<string>> {
  const paths: Record<string, () => Promise<string>> = {}
  for (const name of POSTING) paths[`revision 1, ${name}`] = async () => pathOf((await revision1(t, port, name)).url)
  for (const eio of VERSIONS) for (const way of POLLING) paths[`engine ${eio}, ${way}`] = async () => pathOf((await engine(t, port, eio, way)).url('polling'))
  return paths
}

t.test('an upgrade behind a GET that is held ends their connection, and nothing else', async (t) => {
  const target = await startTarget(t, 'packets')
  const { port } = target
  await withstands(t, target, { held: 6, peak: 48 }, async () => {
    for (const [name, path] of Object.entries(held(t, port))) {
      for (const [what, upgrade] of Object.entries(UPGRADES)) {
        const raw = new RawConnection(port)
        await raw.write(head('GET', await path()) + upgrade)
        await t.resolves(inTime(raw.closed, 'end of the connection'), `${name}: ${what}`)
      }
    }
  })
})
