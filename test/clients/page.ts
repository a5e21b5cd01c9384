// Clients in pages of Chromium.
import Fastify from 'fastify'
import type { Browser } from 'playwright-core'
import { launchChromium } from '../kit/machine/chromium.js'
import type { Generation } from '../kit/official-clients.js'
import type { Teardown } from '../kit/teardown.js'
import type { Client } from './every-suite.js'
import { addPages, listen } from './scenario-app.js'

export interface PageOptions {
  generation: Generation
  /** Where the page is. */
  origin: string
  /** For `createScenario`, beside the client. */
  scenario: Record<string, unknown>
}

export async function openPage (browser: Browser, { generation, origin, scenario }: PageOptions): Promise<Client> {
  const page = await browser.newPage()
  await page.goto(`${origin}/page/${generation}`)
  await page.evaluate(`globalThis.steps = scenario.createScenario(io, ${JSON.stringify(scenario)})`)
  return {
    run: async (step, ...args) => await page.evaluate(`steps[${JSON.stringify(step)}](...${JSON.stringify(args)})`),
    close: async () => await page.close()
  }
}

/** Chromium, and the origin of a server that has the pages and no sessions. */
export async function browserAndPages (t: Teardown): Promise<{ browser: Browser, origin: string }> {
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  const elsewhere = Fastify({ forceCloseConnections: true })
  addPages(elsewhere)
  const origin = await listen(elsewhere)
  t.teardown(() => elsewhere.close())
  return { browser, origin }
}
