// What a release of a library may take away without notice, taken away in a server of its own: it starts, every kind of WebSocket works, refused
// upgrades are answered, and it closes.
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { head, UPGRADE } from '../../kit/raw/http.js'
import { startTarget } from '../../security/withstands.js'
import { webSockets } from '../../security/websocket-kinds.js'
import { RawConnection } from '../../kit/raw/connection.js'

const PRELOAD = fileURLToPath(new URL('sabotage.ts', import.meta.url))

const LOST = [
  '@fastify/websocket has other symbols', 'ws exports no Sender', 'ws has no Sender.frame', 'ws makes other frames', 'ws has no _closeFrameReceived',
  'Node has no _httpMessage'
]

/** Upgrades that are refused or for nobody, and what answers them. */
const REFUSED: readonly [path: string, status: number][] = [
  ['/', 200], ['/elsewhere', 404], ['/socket.io/1/xhr-polling/x', 400], ['/socket.io/?EIO=4&transport=polling', 400],
  ['/socket.io/?EIO=4&transport=websocket&sid=nobody', 400], ['/socket.io/?EIO=4&transport=websocket&as=late', 403]
]
/** Longer than what goes out in one write, and than a length of one byte, or of two, tells. */
const LENGTHS = [1, 20_000, 80_000]

for (const lost of LOST) {
  t.test(`${lost}: every WebSocket works, and refused upgrades are answered`, async (t) => {
    process.env['SABOTAGE'] = lost
    const target = await startTarget(t, 'server', {}, ['--import', PRELOAD])
    for (const client of await webSockets(t, target.port)) {
      for (const length of LENGTHS) await t.resolves(client.echoes('x'.repeat(length)), `${client.name}: ${length}`)
      await t.resolves(client.echoes('€ä😀'), `${client.name}: not ASCII`)
    }
    for (const [path, status] of REFUSED) {
      const raw = new RawConnection(target.port)
      await raw.write(head('GET', path, ...UPGRADE))
      t.equal((await raw.answer()).status, status, path)
      if (lost !== 'Node has no _httpMessage') await raw.closed // else when it has been idle
    }
    const unread = new RawConnection(target.port)
    await unread.write(head('GET', '/socket.io/%', ...UPGRADE)) // answered before any hook runs
    t.equal((await unread.answer()).status, 400)
    t.strictSame((await target.state()).faults, [], 'no error is logged')
    t.ok(await target.close() < 10_000, 'it closes')
  })
}
