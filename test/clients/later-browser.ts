// The clients since 1.0 in Chromium: on a page of the same server, and polling from another server's page.
import t from 'tap'
import { skip } from '../kit/machine/chromium.js'
import type { Generation } from '../kit/official-clients.js'
import { JSONP, WAYS, exchangeSuite, restartSuite } from './later-suite.js'
import { browserAndPages, openPage } from './page.js'

/** JSONP is gone from 3.x. */
const waysOf = (generation: Generation) => generation < 3 ? [...WAYS, JSONP] : WAYS

/** Tests these clients, each in every way that it has. */
export function testInChromium (generations: readonly Generation[]): void {
  t.test('clients in Chromium', { skip }, async (t) => {
    const { browser, origin } = await browserAndPages(t)

    t.test('on a page of the same server', async (t) => {
      for (const generation of generations) {
        for (const way of waysOf(generation)) {
          const options = { generation, way, start: (url: string) => openPage(browser, { generation, origin: url, scenario: { url, ...way } }) }
          exchangeSuite(t, options)
          restartSuite(t, options)
        }
      }
    })

    t.test('on a page of another server', async (t) => {
      for (const generation of generations) {
        for (const way of waysOf(generation).filter(({ transports }) => transports.join() === 'polling')) {
          exchangeSuite(t, { generation, way, start: (url) => openPage(browser, { generation, origin, scenario: { url, ...way } }) })
        }
      }
    })
  })
}
