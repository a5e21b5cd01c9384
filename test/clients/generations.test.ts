// Clients of every generation at once, in one room of one Server: 0.9.17, 1.7.4, 2.5.0, 3.1.3 and 4.8.
import t from 'tap'
import { connectOfficial, GENERATIONS } from '../kit/official-clients.js'
import type { Generation } from '../kit/official-clients.js'
import { buildApp, listen } from './scenario-app.js'

const ROUNDS = 20

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
      const client = connectOfficial(generation, url, transportsOf(generation))
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
