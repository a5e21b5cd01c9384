// The live page, as `npm start` serves it: every transport carries messages in a real browser.
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { launchChromium, skip } from '../helpers/chromium.js'

const TRANSPORTS = ['websocket', 'xhr-polling', 'jsonp-polling', 'htmlfile', 'xhr-multipart', 'flashsocket']

/** Starts the example; it prints where it listens. */
async function start (port: string): Promise<{ server: ChildProcess, url: string }> {
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const env = { ...process.env, PORT: port }
  const server = spawn(process.execPath, ['examples/live/server.js'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface(server.stdout), 'line') as [string]
  return { server, url: line.replace('listening on ', '') }
}

t.test('the live page', { skip, timeout: 60_000 }, async (t) => {
  const { server, url } = await start('0')
  t.teardown(() => server.kill('SIGKILL'))
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
  await page.goto(url)

  for (const name of TRANSPORTS) {
    await t.test(`connects over ${name} and shows a round trip`, async (t) => {
      const panel = page.locator(`.panel[data-transport="${name}"]`)
      await page.locator(`.panel[data-transport="${name}"][data-state="connected"]`).waitFor()
      await panel.locator('[data-figure="median"]', { hasText: / ms$/ }).waitFor()
      t.equal(await panel.locator('[data-figure="in-use"]').textContent(), name)
      t.match(await panel.locator('[data-figure="last"]').textContent(), /^\d+(\.\d)? ms$/)
      t.not(await panel.locator('.log .in').count(), 0, 'what came in is shown')
      t.not(await panel.locator('.log .out').count(), 0, 'what went out is shown')
    })
  }

  for (const name of TRANSPORTS) {
    await t.test(`carries a message from ${name} to every panel`, async (t) => {
      const text = `"quoted" \\ </script> 😀 over ${name}`
      const sender = page.locator(`.panel[data-transport="${name}"]`)
      await sender.locator('input').fill(text)
      await sender.locator('button[value="say"]').click()
      for (const other of TRANSPORTS) {
        const latest = page.locator(`.panel[data-transport="${other}"] .latest`, { hasText: `from ${name}` })
        await latest.waitFor()
        t.equal(await latest.locator('q').textContent(), text)
      }
      await page.waitForFunction('document.querySelectorAll("#arrivals .time").length === 6 && !document.querySelector("#arrivals").textContent.includes("–")')
    })

    await t.test(`gets its own message back over ${name}`, async (t) => {
      const panel = page.locator(`.panel[data-transport="${name}"]`)
      await panel.locator('input').fill('only to me')
      await panel.locator('button[value="send"]').click()
      await panel.locator('.latest', { hasText: 'echo' }).waitFor()
      t.equal(await panel.locator('.latest q').textContent(), 'only to me')
    })
  }

  t.strictSame(complaints, [], 'nothing went wrong in the page')

  await t.test('the server ends in order while the page is open', async (t) => {
    server.kill('SIGINT')
    t.strictSame(await once(server, 'exit'), [0, null])
    await page.locator('.panel[data-transport="websocket"]:not([data-state="connected"])').waitFor()
  })

  const { server: next } = await start(new URL(url).port)
  t.teardown(() => next.kill('SIGKILL'))
  for (const name of TRANSPORTS) {
    await t.test(`comes back over ${name} when the server does`, async (t) => {
      const panel = page.locator(`.panel[data-transport="${name}"]`)
      const connects = panel.locator('.log .in code', { hasText: /^1::$/ })
      await connects.nth(1).waitFor()
      t.equal(await connects.count(), 2, 'once, for good')
      await page.locator(`.panel[data-transport="${name}"][data-state="connected"]`).waitFor()
    })
  }
})
