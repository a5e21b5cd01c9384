// The old client, 0.9.17, in Chromium: every transport that it has without Flash, from the socket server's own page and from
// another server's. htmlfile, which needs ActiveX, has a hidden frame in its place.
import Fastify from 'fastify'
import type { Browser } from 'playwright-core'
import t from 'tap'
import { launchChromium, skip } from '../helpers/chromium.js'
import { addPage, listen } from './app.js'
import { exchangeSuite, restartSuite } from './suite.js'
import type { Client } from './suite.js'

interface PageOptions {
  transport: string
  /** Where the socket server is. */
  url: string
  /** Where the page is. */
  origin: string
  cors?: boolean
}

/** A client in a page of its own. */
async function openPage (browser: Browser, { transport, url, origin, cors = true }: PageOptions): Promise<Client> {
  const page = await browser.newPage()
  await page.goto(`${origin}/page`)
  await page.evaluate(`globalThis.steps = scenario.createScenario(io, ${JSON.stringify({ url, transport, cors })})`)
  return {
    run: async (step, ...args) => await page.evaluate(`steps[${JSON.stringify(step)}](...${JSON.stringify(args)})`),
    close: async () => await page.close()
  }
}

t.test('the 0.9 client in Chromium', { skip }, async (t) => {
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const elsewhere = Fastify({ forceCloseConnections: true })
  addPage(elsewhere)
  const origin = await listen(elsewhere)
  t.teardown(() => elsewhere.close())

  t.test('on a page of the same server', async (t) => {
    for (const transport of ['websocket', 'xhr-polling', 'jsonp-polling', 'htmlfile']) {
      const options = { transport, start: (url: string) => openPage(browser, { transport, url, origin: url }) }
      exchangeSuite(t, options)
      restartSuite(t, options)
    }
  })

  t.test('on a page of another server', async (t) => {
    for (const transport of ['websocket', 'xhr-polling', 'jsonp-polling']) {
      const options = { transport, start: (url: string) => openPage(browser, { transport, url, origin }) }
      exchangeSuite(t, options)
      restartSuite(t, options)
    }
  })

  t.test('on a page of another server, shaking hands by JSONP', async (t) => {
    const transport = 'jsonp-polling'
    exchangeSuite(t, { transport, start: (url: string) => openPage(browser, { transport, url, origin, cors: false }) })
  })
})
