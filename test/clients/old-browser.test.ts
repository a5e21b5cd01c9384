// The old client, 0.9.17, in Chromium: every transport that it has without Flash, from the socket server's own page and from
// another server's. htmlfile, which needs ActiveX, has a hidden frame in its place.
import t from 'tap'
import { skip } from '../kit/machine/chromium.js'
import { browserAndPages, openPage } from './page.js'
import { exchangeSuite, restartSuite } from './old-suite.js'

t.test('the 0.9 client in Chromium', { skip }, async (t) => {
  const { browser, origin } = await browserAndPages(t)
  const open = (transport: string, url: string, from: string, cors = true) =>
    openPage(browser, { generation: 0.9, origin: from, scenario: { url, transport, cors } })

  t.test('on a page of the same server', async (t) => {
    for (const transport of ['websocket', 'xhr-polling', 'jsonp-polling', 'htmlfile']) {
      const options = { transport, start: (url: string) => open(transport, url, url) }
      exchangeSuite(t, options)
      restartSuite(t, options)
    }
  })

  t.test('on a page of another server', async (t) => {
    for (const transport of ['websocket', 'xhr-polling', 'jsonp-polling']) {
      const options = { transport, start: (url: string) => open(transport, url, origin) }
      exchangeSuite(t, options)
      restartSuite(t, options)
    }
  })

  t.test('on a page of another server, shaking hands by JSONP', async (t) => {
    const transport = 'jsonp-polling'
    exchangeSuite(t, { transport, start: (url: string) => open(transport, url, origin, false) })
  })
})
