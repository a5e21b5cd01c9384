// What the kernel keeps for a client that is closed for not reading: megabytes that no option bounds, and that it would go on offering for minutes.
import { once } from 'node:events'
import t from 'tap'
import { pluginApp, portOf } from '../kit/servers/app.js'
import type { Socket } from '../../types/socket.js'
import { turn } from '../kit/waiting.js'
import { handshake } from '../kit/revision-1/inject.js'
import { dial } from '../kit/raw/connection.js'
import { head, UPGRADE } from '../kit/raw/http.js'

/** How the client opens what it then does not read; the session's id, where it has one. */
const WAYS: Record<string, (sid: string) => string> = {
  'a WebSocket of Engine.IO': () => head('GET', '/socket.io/?EIO=4&transport=websocket', ...UPGRADE),
  'a WebSocket of revision 1': (sid) => head('GET', `/socket.io/1/websocket/${sid}`, ...UPGRADE),
  'a stream': (sid) => head('GET', `/socket.io/1/htmlfile/${sid}`)
}

const SIZE = 64_000
/** What stays in the process, at most: the queue, and what a connection takes before it counts as backed up; bytes. */
const KEPT = 100_000 + 3 * SIZE

/** Sends until the session is closed: how much, and why it was. */
async function fill (socket: Socket): Promise<{ sent: number, reason: string }> {
  const closed = once(socket, 'close')
  let sent = 0
  for (; socket.readyState === 'open'; sent += SIZE) {
    socket.send({ type: 'message', data: 'x'.repeat(SIZE) })
    await turn()
  }
  const [, { reason }] = await closed as [string, { reason: string }]
  return { sent, reason }
}

for (const [name, open] of Object.entries(WAYS)) {
  t.test(`a slow client is cut off: ${name}`, async (t) => {
    const app = await pluginApp(t, { maxQueueBytes: 100_000, transports: ['websocket', 'htmlfile'] })
    const port = await portOf(app)
    const sid = await handshake(app)
    const connected = once(app.socketio, 'connection') as Promise<[Socket]>
    const client = dial(t, port)
    client.write(open(sid))
    const [socket] = await connected
    await client.bytes(1)
    client.socket.pause()
    const { sent, reason } = await fill(socket)
    t.equal(reason, 'slow client')
    client.socket.resume() // a reset, which may be hidden behind what was received before it
    await client.closed
    const { bytesRead } = client.socket
    t.ok(bytesRead < sent - KEPT, 'what the kernel had for it is not to be had any more', { read: bytesRead, sent })
  })
}
