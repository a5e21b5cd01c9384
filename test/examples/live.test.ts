// The live page, as `npm start` serves it: clients of every generation carry messages in a real browser, over all that they have.
import { once } from 'node:events'
import type { Locator, Page } from 'playwright-core'
import t from 'tap'
import type { Test } from 'tap'
import { launchChromium, skip } from '../kit/machine/chromium.js'
import { freePort } from '../kit/machine/free-port.js'
import { startPrintingExample } from '../kit/servers/example.js'

interface Cell {
  generation: string
  transport: string
  /** What the server says that it uses. */
  inUse: string
}

const rowOf = (generation: string, cells: Record<string, string>): Cell[] =>
  Object.entries(cells).map(([transport, inUse]) => ({ generation, transport, inUse }))

const OF_ENGINE_IO = { upgrade: 'websocket', websocket: 'websocket', polling: 'polling' }
const CELLS = [ // in the order of the page: the current client first
  ...rowOf('4.x', OF_ENGINE_IO),
  ...rowOf('3.x', OF_ENGINE_IO),
  ...rowOf('2.x', { ...OF_ENGINE_IO, 'jsonp-polling': 'polling' }),
  ...rowOf('1.x', { ...OF_ENGINE_IO, 'jsonp-polling': 'polling' }),
  ...rowOf('0.9', Object.fromEntries(
    ['websocket', 'xhr-polling', 'htmlfile', 'jsonp-polling', 'xhr-multipart', 'flashsocket'].map((name) => [name, name])
  ))
]

const [UPGRADING] = CELLS as [Cell]

const nameOf = ({ generation, transport }: Cell): string => `${generation} ${transport}`
const selectorOf = ({ generation, transport }: Cell): string => `.panel[data-generation="${generation}"][data-transport="${transport}"]`
const panelOf = (page: Page, cell: Cell): Locator => page.locator(selectorOf(cell))
const connected = (page: Page, cell: Cell): Promise<void> => page.locator(`${selectorOf(cell)}[data-state="connected"]`).waitFor()

/** Starts the example. */
const start = (t: Test, port: string) => startPrintingExample(t, 'live/server.js', [], { PORT: port })

/** What every panel that is on heard last: its words, and from whom. */
const heardByAll = (page: Page): Promise<Array<string | null>> =>
  page.locator('.panel:not([data-state="off"]) .latest').evaluateAll((all) => all.map(({ textContent }) => textContent))

const unfold = (page: Page, cell: Cell): Promise<void> => page.getByRole('button', { name: `Wire ${nameOf(cell)}`, exact: true }).click()
const push = (page: Page, button: string, cell: Cell): Promise<void> => page.getByRole('button', { name: `${button} ${nameOf(cell)}`, exact: true }).click()

/** The lines of a client's wire that have a mark, oldest first: the mark, and what follows it. */
const marked = async (page: Page, cell: Cell): Promise<string[]> =>
  (await panelOf(page, cell).locator('.log [data-mark] .text').allTextContents()).reverse()
const lineOf = (page: Page, cell: Cell, hasText: RegExp): Locator => panelOf(page, cell).locator('.log li', { hasText })

async function say (page: Page, cell: Cell, text: string): Promise<void> {
  await page.getByLabel('from').selectOption(nameOf(cell))
  await page.getByLabel('Message to all').fill(text)
  await page.getByRole('button', { name: 'Say to all' }).click()
}

t.test('the live page', { skip }, async (t) => {
  const { child: server, url } = await start(t, String(await freePort()))
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

  await t.test('has no other panels, and the current client first', async (t) => {
    const names = await page.locator('.panel').evaluateAll((all) => all.map(({ dataset }) => `${dataset['generation']} ${dataset['transport']}`))
    t.strictSame(names, CELLS.map(nameOf))
  })

  await t.test('needs two screens at most, with figures in columns', async (t) => {
    await page.setViewportSize({ width: 1280, height: 720 })
    t.ok(await page.locator('html').evaluate((root) => root.scrollHeight) <= 2 * 720)
    for (const figure of ['in-use', 'last', 'median', 'heard', 'offline']) {
      const places = await page.locator(`[data-figure="${figure}"]`).evaluateAll((all) => all.map((one) => Math.round(one.getBoundingClientRect().right)))
      t.equal(new Set(places).size, 1, figure)
    }
  })

  await t.test('has no scrolling to the side at 390 px', async (t) => {
    await page.setViewportSize({ width: 390, height: 800 })
    t.equal(await page.locator('html').evaluate((root) => root.scrollWidth), 390)
    await page.setViewportSize({ width: 1280, height: 720 })
  })

  await t.test('shows both sides of an upgrade in one order', async (t) => {
    await unfold(page, UPGRADING)
    const lines = await marked(page, UPGRADING)
    const order = [
      /^handshake the server opens a session over polling$/, /^handshake 0\{"sid"/, /^handshake 40 connect to \//, /^upgrade 2probe/, /^upgrade 3probe/, /^upgrade 5 /,
      /^upgrade the server moves the session from polling to websocket$/
    ].map((expected) => lines.findIndex((line) => expected.test(line)))
    t.notOk(order.includes(-1), lines.join('\n'))
    t.strictSame(order, [...order].sort((a, b) => a - b))
    t.match(await lineOf(page, UPGRADING, /2probe/).locator('.took').textContent(), /^\d+(\.\d)? ms$/, 'both sides report the frame, which is one line')
    t.equal(await lineOf(page, UPGRADING, /2probe/).count(), 1)
  })
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
      if (cell !== UPGRADING) await unfold(page, cell)
      await panel.locator('input[type="text"]').fill('only to me')
      await panel.locator('button[value="send"]').click()
      await panel.locator('.latest', { hasText: 'echo' }).waitFor()
      t.equal(await panel.locator('.latest q').textContent(), 'only to me')
    })
  }

  t.strictSame(complaints, [], 'nothing went wrong in the page')

  for (const cell of [UPGRADING, ...CELLS.filter(({ generation, transport }) => transport === 'websocket' && ['4.x', '2.x', '0.9'].includes(generation))]) {
    await t.test(`cuts ${nameOf(cell)}, which comes back`, async (t) => {
      await push(page, 'Cut', cell)
      await lineOf(page, cell, /the client is back after/).waitFor()
      await connected(page, cell)
      t.match(await panelOf(page, cell).locator('[data-figure="offline"]').textContent(), /^\d+\.\d\d s$/)
      t.ok(await lineOf(page, cell, /the server ends the session/).count(), 'the server’s side of it')
    })
  }

  for (const cell of CELLS.filter(({ generation, transport }) => transport === 'websocket' && ['4.x', '0.9'].includes(generation))) {
    await t.test(`refuses ${nameOf(cell)} for a while, and says why`, async () => {
      await push(page, 'Refuse', cell)
      await lineOf(page, cell, /^.*refused the server refuses: unauthorized/).first().waitFor()
      await lineOf(page, cell, /the client is back after/).nth(1).waitFor()
      await connected(page, cell)
    })
  }

  await t.test('restarts the server: each client shows how long it was offline', async (t) => {
    const before = await Promise.all(CELLS.map((cell) => lineOf(page, cell, /the client is back after/).count()))
    await page.getByRole('button', { name: 'Restart the server' }).click()
    for (const [i, cell] of CELLS.entries()) await lineOf(page, cell, /the client is back after/).nth(before[i] ?? 0).waitFor()
    for (const cell of CELLS) {
      await connected(page, cell)
      t.match(await panelOf(page, cell).locator('[data-figure="offline"]').textContent(), /^\d+\.\d\d s$/, nameOf(cell))
    }
  })

  await t.test('the server ends in order while the page is open', async (t) => {
    server.kill('SIGINT')
    t.strictSame(await once(server, 'exit'), [0, null])
    for (const cell of CELLS) await page.locator(`${selectorOf(cell)}:not([data-state="connected"])`).waitFor()
  })

  // A log keeps its newest lines only, so lines are not counted from its beginning.
  await page.locator('.panel .log').evaluateAll((logs) => { for (const { firstElementChild: newest } of logs) newest?.setAttribute('data-newest', 'at the end') })
  const sessionsOf = (cell: Cell): Locator =>
    panelOf(page, cell).locator('.log .in:has(~ [data-newest]) code', { hasText: cell.generation === '0.9' ? /^1::$/ : '"pingInterval"' })
  const { child: next } = await start(t, new URL(url).port)
  t.teardown(() => next.kill('SIGKILL'))
  for (const cell of CELLS) {
    await t.test(`comes back as ${nameOf(cell)} when the server does`, async (t) => {
      const sessions = sessionsOf(cell)
      await sessions.first().waitFor({ state: 'attached' })
      await connected(page, cell)
      t.equal(await sessions.count(), 1, 'once, for good')
    })
  }

  await t.test('where there is one host only, leaves connections to it free, and panels to be switched on', async (t) => {
    const page = await browser.newPage()
    await page.route(/^http:\/\/v\d\.localhost/, (route) => route.abort())
    await page.goto(url)
    const holding = CELLS.filter(({ transport }) => /polling|htmlfile|multipart/.test(transport))
    const off = holding.slice(4) // and the server's side of the page holds a connection
    const on = CELLS.filter((cell) => !off.includes(cell))
    for (const cell of on) await connected(page, cell)
    t.equal(await page.locator('.panel[data-state="off"]').count(), off.length)

    for (const cell of [...on.filter(({ transport }) => transport === 'jsonp-polling').slice(0, 1), ...off.slice(-1)]) {
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
