// A client in a page of Chromium.
import type { Browser } from 'playwright-core'
import type { Generation } from '../kit/official-clients.js'
import type { Client } from './old-suite.js'

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
