// The quick start of the README and of docs/getting-started.md, as a newcomer has it: its page, a page of Vite on another port, and a program in Node.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import t from 'tap'
import { createServer } from 'vite'
import { freePort } from '../kit/machine/free-port.js'
import { launchChromium, skip } from '../kit/machine/chromium.js'
import { pluginApp } from '../kit/servers/app.js'
import { startExample } from '../kit/servers/example.js'
import { testChat } from './quick-start/chat-test.js'

const FOLDER = join(import.meta.dirname, 'quick-start')
const { port, stop } = await startExample('quick-start.js')
t.teardown(stop)

/** Waits for a text. Both pages write line by line. */
const shows = (page: Page, text: string | RegExp): Promise<void> => page.locator('body', { hasText: text }).waitFor()

t.test('the page says what a page in another tab has written', { skip }, async (t) => {
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const [one, two] = [await browser.newPage(), await browser.newPage()] as const
  const failures: string[] = []
  for (const page of [one, two]) {
    page.on('pageerror', (error) => failures.push(String(error)))
    await page.goto(`http://localhost:${port}`)
    await shows(page, 'connected')
  }
  await one.locator('input').fill('<b>hello</b>')
  await one.locator('button').click()
  await shows(one, '<b>hello</b> (sent)')
  await shows(two, '<b>hello</b>')
  t.same(failures, [])
})

t.test('a page of Vite on port 5173 connects, on another port it does not', { skip }, async (t) => {
  const cacheDir = await mkdtemp(join(tmpdir(), 'vite-'))
  t.teardown(() => rm(cacheDir, { recursive: true, force: true }))
  const vitePort = await freePort()
  const vite = await createServer({ root: FOLDER, cacheDir, configFile: false, logLevel: 'silent', server: { host: '127.0.0.1', port: vitePort } })
  await vite.listen()
  t.teardown(() => vite.close())
  // The browser finds both servers at the ports of the documentation, which may be in use on this machine.
  const rules = [5173, 5174].map((own) => `MAP localhost:${own} 127.0.0.1:${vitePort}`)
  const browser = await launchChromium(`--host-resolver-rules=${[...rules, `MAP localhost:3000 127.0.0.1:${port}`].join(',')}`)
  t.teardown(() => browser.close())
  const open = async (url: string): Promise<Page> => {
    const page = await browser.newPage()
    await page.goto(url)
    return page
  }
  const allowed = await open('http://localhost:5173')
  await shows(allowed, /^\s*connected/)
  await shows(allowed, 'sent')
  const refused = await open('http://localhost:5174')
  await shows(refused, 'not connected: xhr poll error')
})

t.test('a program in Node gets its answer', async (t) => {
  const code = (await readFile(join(FOLDER, 'node.js'), 'utf8')).replace(':3000', `:${port}`)
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code])
  t.equal(stdout, 'sent\n')
})

t.test('the test with a client in docs/in-your-app.md passes, and ends with the app', async (t) => {
  const app = await pluginApp(t, { io: {} })
  app.io.on('connection', (socket) => socket.on('chat', (_, ack) => ack('sent')))
  await testChat(app)
  t.equal(app.socketio.clientsCount, 0)
  t.notOk(app.server.listening)
})
