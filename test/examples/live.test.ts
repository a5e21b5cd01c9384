// The live page, as `npm start` serves it: clients of every generation carry messages in a real browser, over all that they have.
import { once } from 'node:events'
import type { Locator, Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import { launchChromium, skip } from '../kit/machine/chromium.js'
import { startPrintingExample } from '../kit/servers/example.js'

interface Cell {
  generation: string
  transport: string
  /** What the server says that it uses. */
  inUse: string
}

const rowOf = (generation: string, cells: Record<string, string>): Cell[] =>
  Object.entries(cells).map(([transport, inUse]) => ({ generation, transport, inUse }))

const OF_ENGINE_IO = { websocket: 'websocket', polling: 'polling', upgrade: 'websocket' }
const CELLS = [
  ...rowOf('0.9', Object.fromEntries(
    ['websocket', 'xhr-polling', 'htmlfile', 'jsonp-polling', 'xhr-multipart', 'flashsocket'].map((name) => [name, name])
  )),
  ...rowOf('1.x', { ...OF_ENGINE_IO, 'jsonp-polling': 'polling' }),
  ...rowOf('2.x', { ...OF_ENGINE_IO, 'jsonp-polling': 'polling' }),
  ...rowOf('3.x', OF_ENGINE_IO),
  ...rowOf('4.x', OF_ENGINE_IO)
]

const nameOf = ({ generation, transport }: Cell): string => `${generation} ${transport}`
const selectorOf = ({ generation, transport }: Cell): string => `.panel[data-generation="${generation}"][data-transport="${transport}"]`
const panelOf = (page: Page, cell: Cell): Locator => page.locator(selectorOf(cell))
const connected = (page: Page, cell: Cell): Promise<void> => page.locator(`${selectorOf(cell)}[data-state="connected"]`).waitFor()

/** Starts the example. */
const start = (t: Test, port: string) => startPrintingExample(t, 'live/server.js', [], { PORT: port })

/** What every panel that is on heard last: its words, and from whom. */
const heardByAll = (page: Page): Promise<Array<string | null>> =>
  page.locator('.panel:not([data-state="off"]) .latest').evaluateAll((all) => all.map(({ textContent }) => textContent))

async function say (page: Page, cell: Cell, text: string): Promise<void> {
  await panelOf(page, cell).locator('input[type="text"]').fill(text)
  await panelOf(page, cell).locator('button[value="say"]').click()
}

t.test('the live page', { skip }, async (t) => {
  const { child: server, url } = await start(t, '0')
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
  await page.goto(url)

  for (const cell of CELLS) {
    await t.test(`connects ${nameOf(cell)} and shows a round trip`, async (t) => {
      const panel = panelOf(page, cell)
      await connected(page, cell)
      await panel.locator('[data-figure="median"]', { hasText: / ms$/ }).waitFor()
      await panel.locator('[data-figure="in-use"]', { hasText: new RegExp(`^${cell.inUse}$`) }).waitFor()
      t.match(await panel.locator('[data-figure="last"]').textContent(), /^\d+(\.\d)? ms$/)
      t.not(await panel.locator('.log .in').count(), 0, 'what came in is shown')
      t.not(await panel.locator('.log .out').count(), 0, 'what went out is shown')
    })
  }

  await t.test('has no other panels', async (t) => t.equal(await page.locator('.panel').count(), CELLS.length))
  await page.locator('#measure').uncheck() // the traffic below is what the test causes

  for (const cell of CELLS) {
    const name = nameOf(cell)
    await t.test(`carries a message from ${name} to every panel`, async (t) => {
      const text = `"quoted" \\ </script> 😀 over ${name}`
      await say(page, cell, text)
      await page.locator('#heard', { hasText: `heard by ${CELLS.length} of ${CELLS.length}` }).waitFor()
      t.strictSame(await heardByAll(page), CELLS.map(() => `${text} from ${name}`))
    })

    await t.test(`gets its own message back over ${name}`, async (t) => {
      const panel = panelOf(page, cell)
      await panel.locator('input[type="text"]').fill('only to me')
      await panel.locator('button[value="send"]').click()
      await panel.locator('.latest', { hasText: 'echo' }).waitFor()
      t.equal(await panel.locator('.latest q').textContent(), 'only to me')
    })
  }

  t.strictSame(complaints, [], 'nothing went wrong in the page')

  await t.test('the server ends in order while the page is open', async (t) => {
    server.kill('SIGINT')
    t.strictSame(await once(server, 'exit'), [0, null])
    for (const cell of CELLS) await page.locator(`${selectorOf(cell)}:not([data-state="connected"])`).waitFor()
  })

  const { child: next } = await start(t, new URL(url).port)
  t.teardown(() => next.kill('SIGKILL'))
  for (const cell of CELLS) {
    await t.test(`comes back as ${nameOf(cell)} when the server does`, async (t) => {
      const sessions = panelOf(page, cell).locator('.log .in code', { hasText: cell.generation === '0.9' ? /^1::$/ : '"pingInterval"' })
      await sessions.nth(1).waitFor({ state: 'attached' })
      await connected(page, cell)
      t.equal(await sessions.count(), 2, 'once, for good')
    })
  }

  await t.test('where there is one host only, leaves connections to it free, and panels to be switched on', async (t) => {
    const page = await browser.newPage()
    await page.route(/^http:\/\/v\d\.localhost/, (route) => route.abort())
    await page.goto(url)
    const off = CELLS.filter(({ generation, transport }) => generation !== '0.9' && /polling/.test(transport)).slice(1)
    const on = CELLS.filter((cell) => !off.includes(cell))
    for (const cell of on) await connected(page, cell)
    t.equal(await page.locator('.panel[data-state="off"]').count(), off.length)

    for (const cell of [...on.filter(({ transport }) => transport === 'htmlfile'), ...off.slice(-1)]) {
      await panelOf(page, cell).locator('[role="switch"]').click()
    }
    const [last] = off.slice(-1) as [Cell]
    await connected(page, last)
    await say(page, last, 'here now')
    await page.locator('#heard', { hasText: `heard by ${on.length} of ${on.length}` }).waitFor()
    t.strictSame(await heardByAll(page), on.map(() => `here now from ${nameOf(last)}`))
    await page.close()
  })
})
