// The real clients in Node: `emit`, and `disconnect` behind it. What they say last is heard, and then that they have left.
import { createRequire } from 'node:module'
import t from 'tap'
import type { Server, Socket } from 'socket.io'
import { serve } from '../kit/revision-1/server.js'
import { PACKAGES } from './app.js'

const TIMES = 20
const require = createRequire(import.meta.url)

/** What the clients of every generation have in common. */
interface RealClient {
  on (name: 'connect', listener: () => void): void
  emit (name: string, ...args: unknown[]): void
  disconnect (): void
}

/** @param url of a namespace */
type Connect = (url: string) => RealClient

/** By polls, the old client says one thing at a time, and takes what waits along when it leaves. */
const ONE_WORD = '0.9, xhr-polling'

const old = (transport: string): Connect => (url) => {
  const io = require(PACKAGES['0.9']) as { transports: string[], connect: (url: string, options: object) => RealClient }
  io.transports = [transport]
  return io.connect(url, { 'force new connection': true, reconnect: false })
}

const later = (generation: 1 | 2 | 3 | 4, ...transports: string[]): Connect => (url) =>
  (require(PACKAGES[generation]) as (url: string, options: object) => RealClient)(url, { forceNew: true, reconnection: false, transports })

const CLIENTS: Record<string, Connect> = {
  '0.9, websocket': old('websocket'),
  [ONE_WORD]: old('xhr-polling'),
  ...Object.fromEntries(([1, 2, 3, 4] as const).flatMap((generation) => [
    [`${generation}, websocket`, later(generation, 'websocket')],
    [`${generation}, polling`, later(generation, 'polling')],
    [`${generation}, polling and an upgrade under way`, later(generation, 'polling', 'websocket')]
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
    const words = name === ONE_WORD ? [1] : [1, 2]
    // It does not say that it leaves, either: its session ends after closeTimeout.
    const server = await serve(t, { transports: ['websocket', 'xhr-polling', 'polling'], io: {}, closeTimeout: 200 })
    for (const nsp of ['/', '/chat']) {
      for (let i = 0; i < TIMES; i++) {
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
