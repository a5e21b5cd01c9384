// examples/echo does what its head says, to the old client.
import { once } from 'node:events'
import t from 'tap'
import { ask, connect09, next } from '../kit/official-clients.js'
import type { Socket09 } from '../kit/official-clients.js'
import { skip } from '../kit/machine/chromium.js'
import { startAsUser, startPrintingExample } from '../kit/servers/example.js'
import { startBrowsers } from './pages.js'

function collect (socket: Socket09, event: string, count: number): Promise<unknown[]> {
  return new Promise((resolve) => {
    const seen: unknown[] = []
    socket.on(event, (value) => { if (seen.push(value) === count) resolve(seen) })
  })
}

async function connect (url: string, transport: string): Promise<Socket09> {
  const socket = connect09(url, transport, { reconnect: true })
  await next(socket, 'connect')
  return socket
}

t.test('the echo example', async (t) => {
  const { child: example, line, url } = await startPrintingExample(t, 'echo/server.js', ['--port', '0'])
  t.match(line, /^listening on http:\/\/127\.0\.0\.1:\d+$/)

  for (const transport of ['websocket', 'xhr-polling']) {
    await t.test(`answers over ${transport}`, async (t) => {
      const socket = await connect(url, transport)
      const other = await connect(url, transport)
      t.teardown(() => {
        socket.socket.disconnect()
        other.socket.disconnect()
      })

      const message = next(socket, 'message')
      socket.send('hello')
      t.strictSame(await message, ['hello'])

      const echo = next(socket, 'echo')
      socket.emit('echo', { a: 1 })
      t.strictSame(await echo, [{ a: 1 }])
      t.strictSame(await ask(socket, 'echo', { a: 2 }), [{ a: 2 }])

      const many = collect(socket, 'many', 5)
      socket.emit('many', 5)
      t.strictSame(await many, [0, 1, 2, 3, 4])

      const up = collect(socket, 'up', 3)
      for (const i of [7, 8, 9]) socket.emit('up', i)
      t.strictSame(await up, [7, 8, 9])

      const news = Promise.all([next(socket, 'news'), next(other, 'news')])
      socket.emit('bcast', 'to all')
      t.strictSame(await news, [['to all'], ['to all']])
    })
  }

  await t.test('ends in order when it is told to', async (t) => {
    example.kill('SIGTERM')
    t.strictSame(await once(example, 'exit'), [0, null])
  })
})

t.test('the page of the echo example', { skip }, async (t) => {
  const { open, complaints } = await startBrowsers(t)
  for (const [config, path] of [['{}', '/socket.io'], ['{"path":"/moved/"}', '/moved'], ['{"path":"/x","prefix":"/p"}', '/p/x']] as const) {
    await t.test(`uses the server at ${path}`, async () => {
      const { url } = await startAsUser(t, ['echo', '--config', config])
      const [page, other] = [await open(url), await open(url)]
      const seen = (tab: typeof page, text: string): Promise<void> => tab.locator('#log li', { hasText: text }).waitFor()
      for (const tab of [page, other]) await tab.locator('#state', { hasText: 'connected over websocket' }).waitFor()
      await page.fill('#text', 'hi')
      await page.click('[value="message"]')
      await seen(page, '← "message" "hi"')
      await page.click('[value="echo"]')
      await seen(page, '← ack "hi"')
      await page.click('[value="many"]')
      await seen(page, '← "many" 4')
      await page.click('[value="bcast"]')
      for (const tab of [page, other]) await seen(tab, '← "news" "hi"')
    })
  }
  t.strictSame(complaints, [])
})
