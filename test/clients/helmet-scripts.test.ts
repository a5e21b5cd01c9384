// Pages of another origin, in Chromium, with clients that poll by JSONP, on a server with @fastify/helmet for the whole app. Its header
// `Cross-Origin-Resource-Policy: same-origin` makes browsers block scripts of other origins.
import { dirname } from 'node:path'
import helmet from '@fastify/helmet'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import socketioTransports from '../../src/index.js'
import { skip } from '../kit/machine/chromium.js'
import type { Generation } from '../kit/official-clients.js'
import { bundleOf, listen } from './scenario-app.js'
import { browserAndPages, openPage } from './page.js'

async function serveApp (origin: readonly string[]): Promise<FastifyInstance> {
  const app = Fastify({ forceCloseConnections: true }) as FastifyInstance
  await app.register(helmet)
  await app.register(socketioTransports, { io: {}, cors: { origin: [...origin] }, serveClient: dirname(bundleOf(0.9)) })
  app.io.on('connection', (socket) => {
    socket.on('whoami', (ack: (seen: unknown) => void) => ack({ id: socket.id, transport: socket.conn.transport.name }))
    socket.on('units', (text: string, ack: (units: unknown) => void) => ack([...text].length))
    socket.on('message', (data) => socket.send(data))
  })
  return app
}

const SCENARIOS: readonly [Generation, object][] = [
  [0.9, { transport: 'jsonp-polling', cors: false }],
  [1, { transports: ['polling'], jsonp: true }],
  [2, { transports: ['polling'], jsonp: true }]
]

t.test('a page of another origin and @fastify/helmet', { skip }, async (t) => {
  const { browser, origin } = await browserAndPages(t)

  for (const [generation, scenario] of SCENARIOS) {
    t.test(`client ${generation} by JSONP talks to a server that allows the page`, async (t) => {
      const app = await serveApp([origin])
      t.teardown(() => app.close())
      const url = await listen(app)
      const { run, close } = await openPage(browser, { generation, origin, scenario: { url, ...scenario } })
      t.teardown(close)
      t.strictSame(await run('messages', ['a', 'é 漢 😀']), { echoes: ['a', 'é 漢 😀'], units: [1, 5] })
    })
  }

  t.test('a page gets the files of the client', async (t) => {
    const app = await serveApp([])
    t.teardown(() => app.close())
    const url = await listen(app)
    const page = await browser.newPage()
    await page.goto(`${origin}/page/4`)
    await page.addScriptTag({ url: `${url}/socket.io/socket.io.js` })
    t.equal(await page.evaluate('io.version'), '0.9.17')
    await page.close()
  })
})
