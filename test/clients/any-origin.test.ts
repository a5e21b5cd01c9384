// Pages of another origin in Chromium, where `cors.origin` lets every origin in: by '*' without credentials, by `true` with them.
import t from 'tap'
import { skip } from '../kit/machine/chromium.js'
import { pluginApp, portOf } from '../kit/servers/app.js'
import { browserAndPages } from './page.js'

/** What becomes of a client in the page, by its own events. */
const CONNECT = (url: string, options: object): string => `new Promise((resolve) => {
  const socket = io.connect(${JSON.stringify(url)}, ${JSON.stringify(options)})
  for (const event of ['connect', 'error', 'connect_error']) socket.on(event, () => resolve(event))
})`
const OPTIONS = {
  0.9: { 'force new connection': true, reconnect: false },
  1: { forceNew: true, reconnection: false, transports: ['polling'] },
  2: { forceNew: true, reconnection: false, transports: ['polling'] },
  4: { forceNew: true, reconnection: false, transports: ['polling'] },
  '4 with credentials': { forceNew: true, reconnection: false, transports: ['polling'], withCredentials: true }
}

t.test('pages of another origin', { skip }, async (t) => {
  const { browser, origin: elsewhere } = await browserAndPages(t)
  const CASES = [
    ['*', '0.9', 'error'], ['*', '1', 'connect_error'], ['*', '2', 'connect_error'], ['*', '4', 'connect'], ['*', '4 with credentials', 'connect_error'],
    [true, '0.9', 'connect'], [true, '1', 'connect'], [true, '2', 'connect'], [true, '4', 'connect'], [true, '4 with credentials', 'connect']
  ] as const
  for (const [origin, client, becomes] of CASES) {
    t.test(`with cors.origin ${origin}, a client ${client} gets '${becomes}'`, async (t) => {
      const app = await pluginApp(t, { io: {}, cors: { origin } })
      const page = await browser.newPage()
      t.teardown(() => page.close())
      await page.goto(`${elsewhere}/page/${client.split(' ')[0]}`)
      t.equal(await page.evaluate(CONNECT(`http://127.0.0.1:${await portOf(app)}`, OPTIONS[client])), becomes)
    })
  }
})
