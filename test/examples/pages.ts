// The pages of the examples in Chromium, each tab with what went wrong in it.
import type { Page } from 'playwright-core'
import { launchChromium } from '../kit/machine/chromium.js'
import type { Teardown } from '../kit/teardown.js'

export interface Browsers {
  /** Opens a tab in a browser of its own, or in that of another tab: they share cookies. */
  open (url: string, beside?: Page): Promise<Page>
  /** Errors of all pages. */
  complaints: string[]
}

export async function startBrowsers (t: Teardown): Promise<Browsers> {
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const complaints: string[] = []
  return {
    complaints,
    async open (url, beside) {
      const context = beside?.context() ?? await browser.newContext()
      const page = await context.newPage()
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()) })
      await page.goto(url)
      return page
    }
  }
}

/**
 * Resolves when a client in the page has moved from polling to a WebSocket: when it has sent the packet `5`. To be called before the client connects. A page that
 * closes earlier may do so between two polls, and then no server knows of it before the heartbeat times out.
 */
export async function upgrade (page: Page): Promise<void> {
  const webSocket = await page.waitForEvent('websocket')
  await webSocket.waitForEvent('framesent', ({ payload }) => payload === '5')
}
