// The page of the inspector, as a person sees and uses it.
import fastifyHelmet from '@fastify/helmet'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import t from 'tap'
import { join09, join4 } from '../kit/official-clients.js'
import { launchChromium, skip } from '../kit/machine/chromium.js'
import inspector from '../../src/inspector.js'
import { portOf, serverApp } from '../kit/servers/app.js'

const HOSTILE = '<img src=x onerror="document.title=\'broken\'">'

/** What axe finds wrong on a page: each rule that is broken, with an element. */
async function faultsOf (page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(async () => (globalThis as unknown as { axe: typeof axe }).axe.run())
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html}: ${failureSummary}`))
}

const overflow = (page: Page): Promise<number> => page.evaluate('document.documentElement.scrollWidth - innerWidth')

t.test('the page', { skip }, async (t) => {
  const app = await serverApp(t, { authorize: ({ headers }) => ({ user: String(headers['x-user'] ?? 'nobody') }) })
  // The application's own policy is in force, too: a browser obeys both.
  await app.register(fastifyHelmet, { contentSecurityPolicy: { directives: { defaultSrc: ["'self'"], upgradeInsecureRequests: null } } })
  app.addHook('onSend', async (_request, reply) => {
    const own = reply.getHeader('content-security-policy')
    reply.header('content-security-policy', [String(own), "default-src 'self'; style-src 'self'; script-src 'self'"])
  })
  await app.register(inspector, { prefix: '/inspector', authorize: ({ headers }) => headers.cookie === 'operator=yes' })
  app.io.on('connection', (socket) => {
    socket.on('say', (text, ack) => ack(text))
  })
  const url = `http://127.0.0.1:${await portOf(app)}`
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const complaints: string[] = []

  async function open (viewport = { width: 1280, height: 900 }, colorScheme: 'light' | 'dark' = 'light', cookies = [{ name: 'operator', value: 'yes', url }]): Promise<Page> {
    const context = await browser.newContext({ viewport, colorScheme })
    await context.addCookies(cookies)
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
    await page.goto(`${url}/inspector`)
    return page
  }

  const figure = (page: Page, name: string, text: RegExp) => page.locator(`[data-figure="${name}"]`, { hasText: text }).waitFor()

  await t.test('strangers see nothing', async (t) => {
    const page = await open(undefined, undefined, [])
    t.match(await page.textContent('body'), /FST_SIO_INSPECTOR_REFUSED/)
    await page.context().close()
    complaints.length = 0 // Chromium says that the answer was 403
  })

  const page = await open()
  await t.test('sessions come, and are seen by dialect and transport', async () => {
    await page.locator('#picture', { hasText: 'No session is connected.' }).waitFor()
    await join09(t, url)
    await join09(t, url, 'xhr-polling')
    await join4(t, url, { transports: ['websocket'], extraHeaders: { 'x-user': HOSTILE } })
    await join4(t, url, { transports: ['polling'], extraHeaders: { 'x-user': 'Ada' } })
    await figure(page, 'sessions', /^4$/)
    for (const [dialect, transport] of [['engine 4', 'websocket'], ['engine 4', 'polling'], ['revision 1', 'websocket'], ['revision 1', 'xhr-polling']]) {
      await page.locator(`.field[data-dialect="${dialect}"][data-transport="${transport}"] b`, { hasText: /^1$/ }).waitFor()
    }
    await figure(page, 'polls', /^2$/)
  })

  await t.test('an upgrade is seen as it happens', async (t) => {
    const client = await join4(t, url, { transports: ['polling', 'websocket'], extraHeaders: { 'x-user': 'Grace' } })
    await page.locator('#happenings', { hasText: 'moved from polling to websocket' }).waitFor()
    await page.locator('.field[data-dialect="engine 4"][data-transport="websocket"] b', { hasText: /^2$/ }).waitFor()
    await figure(page, 'upgrades', /^1$/)
    client.disconnect()
    await page.locator('#happenings', { hasText: /ended after .+: client left|connection closed/ }).waitFor()
    await page.locator('#ends dt').first().waitFor()
  })

  await t.test('a refused request is seen with its reason', async () => {
    await fetch(`${url}/socket.io/?EIO=4&transport=polling&sid=unknown-session`)
    const refusal = page.locator('#refusals details', { hasText: 'unknown session' })
    await refusal.locator('summary').click()
    await refusal.locator('li', { hasText: /another process.+unknown…/s }).waitFor()
  })

  await t.test('what a client says of itself is text', async (t) => {
    await page.locator('#rows td[data-label="User"]', { hasText: HOSTILE }).waitFor()
    t.equal(await page.locator('#rows img').count(), 0)
    t.equal(await page.title(), 'Inspector')
  })

  await t.test('sessions are found by user, by keyboard alone; one is opened, and its frames have meanings', async (t) => {
    const client = await join4(t, url, { transports: ['websocket'], extraHeaders: { 'x-user': 'Konrad' } })
    await page.getByRole('searchbox', { name: 'Search' }).focus()
    await page.keyboard.type('konrad')
    await page.locator('#found', { hasText: '1 of 5 sessions' }).waitFor()
    for (let i = 0; i < 4; i++) await page.keyboard.press('Tab') // the three lists, then the session
    await page.keyboard.press('Enter')
    const dialog = page.getByRole('dialog', { name: /^Session .+…$/ })
    await dialog.locator('#captured', { hasText: 'captured since' }).waitFor()
    await client.emitWithAck('say', HOSTILE)
    await dialog.locator('#timeline li', { hasText: 'event “say” with 1 argument, asks for ack 0' }).waitFor()
    await dialog.locator('#timeline li', { hasText: 'ack of 0 with 1 argument' }).waitFor()
    t.match(await dialog.locator('#timeline .wire').first().textContent(), '420["say","<img')
    t.equal(await dialog.locator('img').count(), 0)
    t.notOk((await dialog.textContent())?.includes([...app.socketio.sessions.keys()].at(-1) ?? ''), 'no id is shown whole')

    const left = new Promise((resolve) => client.once('disconnect', resolve))
    await dialog.getByRole('button', { name: 'End session…' }).click()
    await page.getByRole('dialog', { name: /^End session/ }).getByRole('button', { name: 'End session', exact: true }).click()
    await left
    await dialog.locator('#timeline li', { hasText: 'ended: closed by server' }).waitFor()
    client.disconnect()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('searchbox', { name: 'Search' }).fill('')
  })

  await t.test('a field of the picture filters the list', async () => {
    await page.getByRole('button', { name: /^xhr-polling/ }).click()
    await page.locator('#found', { hasText: '1 of 4 sessions' }).waitFor()
  })

  await t.test('every control and picture has a name, text has contrast, and nothing is wider than the screen', async (t) => {
    for (const [width, height, scheme] of [[390, 844, 'light'], [1280, 900, 'dark'], [1920, 1080, 'light']] as const) {
      const page = await open({ width, height }, scheme)
      await figure(page, 'sessions', /^4$/)
      await page.locator('#rows button.session').first().waitFor()
      t.same(await faultsOf(page), [], `${width} ${scheme}`)
      t.ok(await overflow(page) <= 0, `${width}: no wider than the screen`)
      await page.locator('#rows button.session').first().click()
      await page.locator('#captured', { hasText: 'captured since' }).waitFor()
      t.same(await faultsOf(page), [], `${width} ${scheme}: a session`)
      await page.context().close()
    }
  })

  await t.test('a paused page stays as it is', async (t) => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.locator('#status', { hasText: 'paused' }).waitFor()
    t.equal(await page.getByRole('button', { name: 'Pause' }).getAttribute('aria-pressed'), 'true')
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.locator('#status', { hasText: 'live' }).waitFor()
  })

  await t.test('the server is drained after a question', async (t) => {
    await page.getByRole('button', { name: 'Drain…' }).click()
    const question = page.getByRole('dialog', { name: 'Drain this server?' })
    await question.getByRole('button', { name: 'Cancel' }).click()
    t.equal(app.socketio.draining, false)
    await page.getByRole('button', { name: 'Drain…' }).click()
    await question.getByLabel('Seconds').fill('0')
    await question.getByRole('button', { name: 'Drain', exact: true }).click()
    await page.locator('#status', { hasText: 'draining' }).waitFor()
    await figure(page, 'sessions', /^0$/)
    t.equal(app.socketio.draining, true)
  })

  t.same(complaints, [], 'nothing went wrong in the page, and no policy was broken')
  await t.test('it says so when the server is gone', async () => {
    await app.close()
    await page.locator('#status', { hasText: 'the server does not answer' }).waitFor()
  })
})
