// The real clients in Node: `emit`, and `disconnect` behind it. What they say last is heard, and then that they have left.
import t from 'tap'
import type { Server, Socket } from 'socket.io'
import { serve } from '../kit/revision-1/server.js'
import { connectOfficial } from '../kit/official-clients.js'
import type { Generation, Peer } from '../kit/official-clients.js'

const TIMES = 20

// The clients wait more than they compute.
t.jobs = 4

/** @param url of a namespace */
type Connect = (url: string) => Peer

/** By polls, the old client says one thing at a time, and takes what waits along when it leaves. */
const ONE_WORD = '0.9, xhr-polling'

const client = (generation: Generation, ...transports: string[]): Connect => (url) => connectOfficial(generation, url, transports)

const CLIENTS: Record<string, Connect> = {
  '0.9, websocket': client(0.9, 'websocket'),
  [ONE_WORD]: client(0.9, 'xhr-polling'),
  ...Object.fromEntries(([1, 2, 3, 4] as const).flatMap((generation) => [
    [`${generation}, websocket`, client(generation, 'websocket')],
    [`${generation}, polling`, client(generation, 'polling')],
    [`${generation}, polling and an upgrade under way`, client(generation, 'polling', 'websocket')]
  ]))
}

/** What one client's words have become, once it has left. */
function heardBy (io: Server, nsp: string): Promise<unknown[]> {
  return new Promise((resolve) => {
    io.of(nsp).once('connection', (socket: Socket) => {
      const heard: unknown[] = []
      socket.on('bye', (...args) => heard.push(...args))
      socket.on('disconnect', () => resolve(heard))
    })
  })
}

for (const [name, connect] of Object.entries(CLIENTS)) {
  t.test(`client ${name}: what it says before disconnect() is heard`, async (t) => {
    // By polls, the old client does not say that it leaves, either: its session ends after closeTimeout, within which a client on a busy machine must poll again.
    const [words, times] = name === ONE_WORD ? [[1], 5] : [[1, 2], TIMES]
    const server = await serve(t, { transports: ['websocket', 'xhr-polling', 'polling'], io: {}, closeTimeout: 3000 })
    for (const nsp of ['/', '/chat']) {
      for (let i = 0; i < times; i++) {
        const heard = heardBy(server.app.io, nsp)
        const client = connect(`http://127.0.0.1:${server.port}${nsp}`)
        t.teardown(() => client.disconnect())
        client.on('connect', () => {
          for (const word of words) client.emit('bye', word)
          client.disconnect()
        })
        t.strictSame(await heard, words, `${nsp} ${i}`)
      }
    }
  })
}
