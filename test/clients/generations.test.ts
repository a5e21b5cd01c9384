// Clients of every generation at once, in one room of one Server: 0.9.17, 1.7.4, 2.5.0, 3.1.3 and 4.8.
import { createRequire } from 'node:module'
import t from 'tap'
import { PACKAGES, buildApp, listen } from './app.js'
import type { Generation } from './app.js'

const require = createRequire(import.meta.url)
const GENERATIONS = [0.9, 1, 2, 3, 4] as const
const ROUNDS = 20

/** As much of a client as is used here; the same in every generation. */
interface Client {
  on (event: string, listener: (...args: unknown[]) => void): void
  emit (event: string, ...args: unknown[]): void
  disconnect (): void
}

/** A client with these transports; two of them: it upgrades. The old client knows no upgrades, and has its list in a global. */
function open (generation: Generation, url: string, transports: readonly string[]): Client {
  const io = require(PACKAGES[generation])
  if (generation !== 0.9) return io.connect(url, { transports, forceNew: true, reconnection: false })
  io.transports = [transports[0] === 'polling' ? 'xhr-polling' : 'websocket']
  return io.connect(url, { 'force new connection': true, reconnect: false })
}

const WAYS: ReadonlyArray<readonly [string, (generation: Generation) => readonly string[]]> = [
  ['over websocket', () => ['websocket']],
  ['over polling', () => ['polling']],
  ['with upgrades where there are any, under way', () => ['polling', 'websocket']],
  ['each generation by another transport', (generation) => generation % 2 ? ['websocket'] : ['polling']]
]

for (const [name, transportsOf] of WAYS) {
  t.test(`clients of every generation hear each other in one room, ${name}`, async (t) => {
    const app = await buildApp()
    t.teardown(() => app.close())
    const url = await listen(app)
    const clients = await Promise.all(GENERATIONS.map(async (generation) => {
      const client = open(generation, url, transportsOf(generation))
      t.teardown(() => client.disconnect())
      const heard: unknown[] = []
      client.on('news', (x) => heard.push(x))
      await new Promise((resolve) => client.on('connect', resolve))
      await new Promise((resolve) => client.emit('enter', 'attic', resolve))
      return { generation, client, heard }
    }))
    t.equal(app.socketio.clientsCount, GENERATIONS.length)

    const news = (from: Generation, n: number) => ({ from, n, text: '"é" \u2028 </script> 😀' })
    const all = Promise.all(clients.map(({ client, heard }) => new Promise<void>((resolve) => {
      client.on('news', () => { if (heard.length === ROUNDS * (GENERATIONS.length - 1)) resolve() })
    })))
    for (let n = 0; n < ROUNDS; n++) {
      for (const { generation, client } of clients) client.emit('tell room', 'attic', news(generation, n))
    }
    await all

    for (const { generation, heard } of clients) {
      for (const from of GENERATIONS) {
        const expected = from === generation ? [] : Array.from({ length: ROUNDS }, (_, n) => news(from, n))
        t.strictSame(heard.filter((x) => (x as { from: Generation }).from === from), expected, `${generation} hears ${from}`)
      }
    }
  })
}
