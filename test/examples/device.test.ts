// The 0.9 devices: their client is the published one, and the page has the current one.
import { io } from 'socket.io-client'
import type { Locator, Page } from 'playwright-core'
import t from 'tap'
import { skip } from '../kit/machine/chromium.js'
import { freePort } from '../kit/machine/free-port.js'
import { ask, connect09, next } from '../kit/official-clients.js'
import { within } from '../kit/progress.js'
import { startAsUser } from '../kit/servers/example.js'
import { startBrowsers } from './pages.js'

interface Shown { name: string, online: boolean, connections: number, readings: number[], target: number | null, transport: string }

/** Far above what a device needs that starts anew, ms. */
const PATIENCE = 60_000

/** Follows what the server tells pages of a device, until a condition holds. */
async function until (t: { teardown (fn: () => unknown): void }, url: string, name: string, holds: (device: Shown) => boolean): Promise<Shown> {
  const page = io(url, { forceNew: true })
  t.teardown(() => page.disconnect())
  const shown = new Promise<Shown>((resolve) => page.on('device', (device: Shown) => { if (device.name === name && holds(device)) resolve(device) }))
  return await within(PATIENCE, `${name} with ${holds}`, shown)
}

const SERVER = 'examples/device/server.js'
const DEVICES = { websocket: ['--name', 'greenhouse', '--key', 'a-secret'], 'xhr-polling': ['--name', 'cellar', '--key', 'b-secret'] }

for (const [transport, flags] of Object.entries(DEVICES)) {
  t.test(`a device over ${transport} comes back when the server does`, async (t) => {
    const port = String(await freePort())
    const name = String(flags[1])
    const first = await startAsUser(t, [SERVER, '--port', port])
    const device = await startAsUser(t, ['examples/device/device.js', '--url', first.url, ...flags, '--transport', transport, '--every', '50'])
    t.match(await until(t, first.url, name, ({ readings }) => readings.length > 2), { online: true, connections: 1, transport, target: 20 })
    t.equal(await first.stop(), 0)

    const second = await startAsUser(t, [SERVER, '--port', port])
    t.match(await until(t, second.url, name, ({ readings }) => readings.length > 2), { online: true, transport, target: 20 })
    t.equal(await device.stop(), 0)
    if (transport === 'websocket') await until(t, second.url, name, ({ online }) => !online) // of polls, only time tells
  })
}

t.test('a device that is there before the server connects when there is one', async (t) => {
  const port = String(await freePort())
  const device = await startAsUser(t, ['examples/device/device.js', '--url', `http://127.0.0.1:${port}`, '--every', '50'])
  t.equal(device.first, 'no server yet')
  const { url } = await startAsUser(t, [SERVER, '--port', port])
  await until(t, url, 'greenhouse', ({ readings }) => readings.length > 2)
})

t.test('the server', async (t) => {
  const { url } = await startAsUser(t, [SERVER])

  await t.test('refuses devices that it does not know, and wrong keys', async (t) => {
    for (const query of ['device=attic&key=a-secret', 'device=greenhouse&key=b-secret', 'device=greenhouse']) {
      const client = connect09(`${url}?${query}`, 'websocket') // never connected, it has nothing to end
      t.match(await next(client, 'error'), ['unauthorized'])
    }
  })

  await t.test('survives what devices and pages should not send', async (t) => {
    const device = connect09(`${url}?device=greenhouse&key=a-secret`, 'websocket')
    t.teardown(() => device.socket.disconnect())
    await next(device, 'connect')
    for (const reading of [null, 1, { temperature: 'warm' }]) device.emit('reading', reading)
    device.emit('reading')

    const page = io(url, { forceNew: true })
    t.teardown(() => page.disconnect())
    page.emit('cut', { no: 'name' })
    page.emit('set target')
    t.match(await ask(page, 'set target', 'greenhouse', 'hot'), [{ error: String }])
    t.match(await ask(page, 'set target', 'cellar', 20), [{ error: 'The device is not connected.' }])
    t.match(await ask(device, 'reading', { temperature: 1, target: 2 }), [{ at: Number }])
  })
})

t.test('the page', { skip }, async (t) => {
  const { url } = await startAsUser(t, ['device'])
  const { open, complaints } = await startBrowsers(t)
  const page = await open(url)

  for (const [name, transport] of [['greenhouse', 'websocket'], ['cellar', 'xhr-polling']] as const) {
    const card: Locator = page.locator(`[data-name="${name}"]`)
    const seen = (selector: string, text: RegExp): Promise<void> => card.locator(selector, { hasText: text }).waitFor()

    await t.test(`shows the readings of ${name} live`, async () => {
      await seen('.state', /^connected$/)
      await seen('.transport', new RegExp(`^${transport}$`))
      await seen('.client', /^revision 1$/)
      await changes(page, `[data-name="${name}"] polyline`, 'points')
    })

    await t.test(`sends ${name} a command, which it acknowledges`, async () => {
      await card.locator('input').fill('31')
      await card.getByRole('button', { name: 'Set target' }).click()
      await seen('.answer', /^The device has set 31 °C\.$/)
      await seen('.target', /^31$/)
    })

    await t.test(`cuts the connection of ${name}, which comes back`, async () => {
      await card.getByRole('button', { name: 'Cut connection' }).click()
      await seen('.connections', /^2$/)
      await seen('.state', /^connected$/)
      await changes(page, `[data-name="${name}"] polyline`, 'points')
    })
  }
  t.strictSame(complaints, [])
})

/** Waits until an attribute has changed. */
async function changes (page: Page, selector: string, attribute: string): Promise<void> {
  const before = await page.locator(selector).getAttribute(attribute)
  await page.locator(`${selector}:not([${attribute}="${before}"])`).waitFor({ state: 'attached' })
}
