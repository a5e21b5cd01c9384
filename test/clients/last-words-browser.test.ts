// The real clients in Chromium: `emit`, and `disconnect` or the end of the page behind it. What they say last is heard, and then that they have left.
import t from 'tap'
import type { Socket } from 'socket.io'
import type { FastifyInstance } from 'fastify'
import { clock } from '../kit/clock.js'
import { launchChromium, skip } from '../kit/machine/chromium.js'
import { until } from '../kit/waiting.js'
import { buildApp, listen } from './scenario-app.js'

const TIMES = 20
/** Each begins with a page of its own, which costs much more. */
const PAGES = 10

/** How each generation is told to use one transport alone; a script that returns a client of `url`. */
const CLIENTS: readonly { generation: string, transport: string, script: string }[] = [
  ...['websocket', 'xhr-polling'].map((transport) => ({
    generation: '0.9', transport, script: `io.transports = ['${transport}']; return io.connect(url, { 'force new connection': true, reconnect: false })`
  })),
  ...['1', '2', '3', '4'].flatMap((generation) => ['websocket', 'polling'].map((transport) => ({
    generation, transport, script: `return io(url, { forceNew: true, reconnection: false, transports: ['${transport}'] })`
  })))
]

/** What each client has said, once it has left. */
function hearAll (app: FastifyInstance): unknown[][] {
  const all: unknown[][] = []
  app.io.on('connection', (socket: Socket) => {
    const heard: unknown[] = []
    socket.on('bye', (...args) => heard.push(...args))
    socket.on('disconnect', () => all.push(heard))
  })
  return all
}

t.test('the last words of clients in Chromium', { skip }, async (t) => {
  const browser = await launchChromium()
  t.teardown(() => browser.close())

  for (const { generation, transport, script } of CLIENTS) {
    t.test(`client ${generation} by ${transport}: what it says before disconnect() is heard`, async (t) => {
      const tick = clock(t) // otherwise the sessions of clients that are slow on a busy machine would time out
      const app = await buildApp()
      const all = hearAll(app)
      const url = await listen(app)
      t.teardown(() => app.close())
      const page = await browser.newPage()
      t.teardown(() => page.close())
      await page.goto(`${url}/page/${generation}`)
      await page.evaluate(`(async () => {
        const connect = (url) => { ${script} }
        for (let i = 0; i < ${TIMES}; i++) await new Promise((resolve) => {
          const client = connect('${url}')
          client.on('connect', () => {
            client.emit('bye', i)
            client.disconnect()
            resolve()
          })
        })
      })()`)
      await until(() => {
        tick(1000)
        return all.length === TIMES
      })
      t.strictSame(all.flat().sort((a, b) => Number(a) - Number(b)), Array.from({ length: TIMES }, (_, i) => i))
    })

    t.test(`client ${generation} by ${transport}: so is what has reached its session when its page ends`, async (t) => {
      const tick = clock(t)
      const app = await buildApp()
      const all = hearAll(app)
      let come = 0 // by polls, a page may end the session with its poll before the POST beside it has come
      app.socketio.on('connection', (socket) => { socket.prependListener('data', (data) => { if (String(data).includes('"bye"')) come++ }) })
      const url = await listen(app)
      t.teardown(() => app.close())
      const page = await browser.newPage()
      t.teardown(() => page.close())
      for (let i = 0; i < PAGES; i++) {
        await page.goto(`${url}/page/${generation}`)
        await page.evaluate(`new Promise((resolve) => {
          const connect = (url) => { ${script} }
          const client = connect('${url}')
          client.on('connect', () => {
            client.emit('bye', ${i})
            location.href = 'about:blank'
            resolve()
          })
        })`).catch(() => {}) // it may be gone before it has said so
        await page.waitForURL('about:blank')
      }
      await until(() => {
        tick(1000)
        return all.length === PAGES
      })
      t.equal(all.flat().length, come)
      t.ok(come > 0, `${come} of ${PAGES} have come`)
    })
  }
})
