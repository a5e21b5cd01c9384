// The chat in TypeScript: as Node runs it, as TypeScript checks it, and its page in a browser.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { io } from 'socket.io-client'
import type { Page } from 'playwright-core'
import t from 'tap'
import { skip } from '../kit/machine/chromium.js'
import { ask, next } from '../kit/official-clients.js'
import { startAsUser } from '../kit/servers/example.js'
import { startBrowsers, upgrade } from './pages.js'

const seen = (page: Page, selector: string, text: string | RegExp): Promise<void> => page.locator(selector, { hasText: text }).first().waitFor()

t.test('the chat is strict TypeScript, with its page', async () => {
  await promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'examples/chat'])
})

t.test('the chat', async (t) => {
  const { url } = await startAsUser(t, ['chat'])
  const connect = (query: Record<string, string>) => {
    const client = io(url, { forceNew: true, reconnection: false, query })
    t.teardown(() => client.disconnect())
    return client
  }

  await t.test('lets nobody in without a name', async () => {
    for (const query of [{}, { user: ' ' }]) await next(connect(query as Record<string, string>), 'connect_error')
  })

  await t.test('survives arguments that its types exclude', async (t) => {
    const client = connect({ user: 'mallory' })
    await next(client, 'connect')
    client.emit('say')
    client.emit('say', 'no acknowledgement')
    client.emit('typing', 1)
    t.match(await ask(client, 'say', { text: 1 }), [{ ok: false, why: 'A message needs text.' }])
    t.match(await ask(client, 'say', 'text'), [{ ok: true, at: String }])
    client.disconnect()
  })
})

t.test('the page of the chat', { skip }, async (t) => {
  const { url, stop } = await startAsUser(t, ['chat'])
  const { open, complaints } = await startBrowsers(t)
  const enter = async (name: string): Promise<Page> => {
    const page = await open(url)
    await page.fill('#name', name)
    await Promise.all([upgrade(page), page.click('#enter button')])
    await seen(page, '#state', /^connected$/)
    return page
  }
  const say = async (page: Page, text: string): Promise<void> => {
    await page.fill('#text', text)
    await page.click('#say button')
  }
  const [ada, grace] = [await enter('Ada'), await enter('Grace')]

  await t.test('shows who is here', async () => {
    for (const page of [ada, grace]) await seen(page, '#users', /^Ada, Grace$/)
  })

  await t.test('shows messages in both directions, and who is typing', async () => {
    await say(ada, 'hello <b>Grace</b>')
    await seen(grace, '#log li', /^Ada .*hello <b>Grace<\/b>$/)
    await seen(ada, '#log li', 'hello <b>Grace</b>')
    await grace.locator('#text').pressSequentially('he')
    await seen(ada, '#typing', 'Grace is typing …')
    await say(grace, 'hello Ada')
    await seen(ada, '#log li', /^Grace .*hello Ada$/)
  })

  await t.test('shows the last messages to those who come later', async (t) => {
    const hedy = await enter('Hedy')
    await seen(hedy, '#log li', 'hello Ada')
    t.equal(await hedy.locator('#log li').count(), 2)
    await hedy.close()
    await seen(ada, '#users', /^Ada, Grace$/)
  })

  t.strictSame(complaints, [])
  await t.test('says that the server is away', async (t) => {
    t.equal(await stop(), 0)
    await seen(ada, '#state', /^reconnecting$/)
  })
})
