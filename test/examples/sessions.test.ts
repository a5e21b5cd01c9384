// The example with sessions and a login, in a browser and by requests.
import { io } from 'socket.io-client'
import type { Page } from 'playwright-core'
import t from 'tap'
import { skip } from '../kit/machine/chromium.js'
import { freePort } from '../kit/machine/free-port.js'
import { next } from '../kit/official-clients.js'
import { startAsUser } from '../kit/servers/example.js'
import { startBrowsers } from './pages.js'

const seen = (page: Page, selector: string, text: string | RegExp): Promise<void> => page.locator(selector, { hasText: text }).first().waitFor()

async function logIn (page: Page, user: string, password: string): Promise<void> {
  await page.fill('#user', user)
  await page.fill('#password', password)
  await page.click('main button')
}

t.test('who is not logged in', async (t) => {
  const { url } = await startAsUser(t, ['sessions'])
  const form = (body: Record<string, string>, cookie = '') => fetch(`${url}/login`, { method: 'POST', body: new URLSearchParams(body), headers: { cookie }, redirect: 'manual' })

  await t.test('gets no socket', async () => {
    for (const transport of ['polling', 'websocket']) {
      const client = io(url, { transports: [transport], forceNew: true, reconnection: false })
      t.teardown(() => client.disconnect())
      await next(client, 'connect_error')
    }
  })

  await t.test('needs the token of the form', async (t) => {
    t.equal((await form({ user: 'ada', password: 'lovelace' })).status, 403)
  })

  await t.test('gets a new session id with the login, so that a planted one is worth nothing', async (t) => {
    const page = await fetch(url)
    const cookie = String(page.headers.get('set-cookie')).split(';')[0] ?? ''
    const token = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? ''
    t.equal((await form({ user: 'ada', password: 'wrong', _csrf: token }, cookie)).status, 401)
    const response = await form({ user: 'ada', password: 'lovelace', _csrf: token }, cookie)
    t.equal(response.status, 302)
    const after = String(response.headers.get('set-cookie')).split(';')[0] ?? ''
    t.not(after, cookie)
    t.equal((await fetch(`${url}/me`, { headers: { cookie } })).status, 401)
    t.equal((await fetch(`${url}/me`, { headers: { cookie: after } })).status, 200)
  })
})

t.test('the pages', { skip }, async (t) => {
  const port = String(await freePort())
  const running = await startAsUser(t, ['sessions', '--port', port])
  const { url } = running
  const { open, complaints } = await startBrowsers(t)
  const connected = (page: Page): Promise<void> => seen(page, '#state', /^connected$/)
  const add = async (page: Page, text: string): Promise<void> => {
    await page.fill('#text', text)
    await page.click('#add button')
  }

  const first = await open(url)
  await t.test('refuse a wrong password', async () => {
    await logIn(first, 'ada', 'wrong')
    await seen(first, '[role="alert"]', 'Name or password is wrong.')
    t.match(complaints.splice(0), [/401/], 'the browser notes the status')
  })

  await logIn(first, 'ada', 'lovelace')
  await connected(first)
  const second = await open(url, first)
  const elsewhere = await open(url)
  await logIn(elsewhere, 'ada', 'lovelace')
  const grace = await open(url)
  await logIn(grace, 'grace', 'hopper')
  for (const page of [second, elsewhere, grace]) await connected(page)

  await t.test('of one user are in step, in tabs and browsers', async (t) => {
    for (const page of [first, second, elsewhere]) await seen(page, '#tabs', /^3$/)
    await add(first, '<i>milk</i>')
    await add(second, 'bread')
    for (const page of [first, second, elsewhere]) {
      await seen(page, '#list li:nth-child(1)', '<i>milk</i>')
      await seen(page, '#list li:nth-child(2)', 'bread')
    }
    await elsewhere.click('[aria-label="Remove bread"]')
    await first.locator('#list li:nth-child(2)').waitFor({ state: 'detached' })
    t.equal(await grace.locator('#list li').count(), 0, 'another user has another list')
  })

  await t.test('refuse an entry with a reason', async () => {
    await add(first, ' ')
    await seen(first, '#error', 'An entry has 1 to 80 characters.')
  })

  await t.test('end with a logout: all tabs of the session, and no others', async () => {
    await second.getByRole('button', { name: 'Log out' }).click()
    for (const page of [first, second]) await page.locator('#password').waitFor()
    await seen(elsewhere, '#tabs', /^1$/)
    await connected(elsewhere)
    await connected(grace)
  })

  t.strictSame(complaints, [])
  await t.test('show the login form again when the server has forgotten their session', async (t) => {
    t.equal(await running.stop(), 0)
    await startAsUser(t, ['sessions', '--port', port])
    await grace.locator('#password').waitFor()
  })
})
