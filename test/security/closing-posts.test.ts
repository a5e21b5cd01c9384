// Found from outside: a POST whose first packet makes the application close its session waits for the session's end, up to closeTimeout, and kept its body
// meanwhile, twice as large in memory, when its client had long gone. 261 of them, one connection at a time, ended a process with a heap of 512 MB.
import t from 'tap'
import { head } from '../kit/raw/http.js'
import { engine, VERSIONS } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import { RawConnection } from '../kit/raw/connection.js'

const POSTS = 30
/** An empty message: the official Server cannot read it, and closes. One character beyond Latin-1 makes two bytes of each. */
const BODIES = { 3: `1:4999904:42€${'a'.repeat(999_901)}`, 4: `4\x1e42€${'a'.repeat(999_900)}` } as const

for (const eio of VERSIONS) {
  t.test(`engine ${eio}: what a session that is closing does not hear is not kept`, async (t) => {
    const target = await startTarget(t, 'server')
    const poster = async (): Promise<RawConnection> => {
      const { sid } = await engine(t, target.port, eio, 'xhr')
      const raw = new RawConnection(target.port)
      const body = Buffer.from(BODIES[eio])
      await raw.write(head('POST', `/socket.io/?EIO=${eio}&transport=polling&sid=${sid}`, 'Content-Type: text/plain', `Content-Length: ${body.length}`))
      await raw.write(body)
      return raw
    }
    await withstands(t, target, { held: 8, peak: 128 }, async () => {
      for (let i = 0; i < POSTS; i++) await poster() // their clients wait
    })
    await withstands(t, target, { held: 8, peak: 128 }, async () => {
      for (let i = 0; i < POSTS; i++) (await poster()).reset() // their clients are gone
    })
    t.ok((await target.state()).sessions > POSTS, 'the sessions wait for clients that may still come')
  })
}
