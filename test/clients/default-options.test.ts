// Every generation of the real client against an app with `{ io: {} }` and nothing else, in Node and on a page of the app in Chromium: each connects, exchanges
// events and leaves, and the log has no warning. A page of another origin is refused.
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { launchChromium, skip } from '../kit/machine/chromium.js'
import { ask, connectOfficial, hear } from '../kit/official-clients.js'
import type { Generation } from '../kit/official-clients.js'
import { captureLog, newApp } from '../kit/servers/app.js'
import type { LogLine } from '../kit/servers/app.js'
import { until } from '../kit/waiting.js'
import socketioTransports from '../../src/index.js'
import { addPages, listen } from './scenario-app.js'

async function startApp (t: Test): Promise<{ app: FastifyInstance, lines: LogLine[], url: string }> {
  const { logger, lines } = captureLog('warn')
  const app = newApp(t, { logger })
  addPages(app)
  await app.register(socketioTransports, { io: {} })
  app.io.on('connection', (socket) => {
    socket.on('echo', (text: unknown, answer: (text: unknown) => void) => {
      socket.emit('told', text)
      answer(text)
    })
  })
  return { app, lines, url: await listen(app) }
}

const transportsIn = (app: FastifyInstance): string[] => [...app.socketio.sessions.values()].map(({ transport }) => transport.name)

const IN_NODE: readonly (readonly [Generation, ...string[]])[] = [
  [0.9, 'websocket'], [0.9, 'xhr-polling'],
  ...([1, 2, 3, 4] as const).flatMap((generation) => [[generation, 'websocket'], [generation, 'polling'], [generation, 'polling', 'websocket']] as const)
]

for (const [generation, ...transports] of IN_NODE) {
  t.test(`client ${generation} in Node by ${transports.join(' and ')}`, async (t) => {
    const { app, lines, url } = await startApp(t)
    const client = connectOfficial(generation, url, transports)
    const told = hear(client, 'told')
    t.strictSame(await ask(client, 'echo', 'é 😀'), ['é 😀'])
    t.strictSame(await told(), ['é 😀'])
    await until(() => transportsIn(app)[0] === transports.at(-1))
    t.strictSame(await ask(client, 'echo', 'again'), ['again'])
    client.disconnect()
    await until(() => app.socketio.sessions.size === 0)
    t.strictSame([lines, app.socketio.metrics.refused], [[], {}])
  })
}

/** What a page does to connect, by transport. */
const ON_PAGES: readonly (readonly [generation: Generation, transport: string, connect: string])[] = [
  ...['websocket', 'xhr-polling', 'jsonp-polling', 'htmlfile'].map((name) => [0.9, name, `(io.transports = ['${name}'], io.connect(url, { reconnect: false }))`] as const),
  ...([1, 2, 3, 4] as const).flatMap((generation) => [
    [generation, 'websocket', 'io(url, { reconnection: false })'],
    [generation, 'websocket', 'io(url, { reconnection: false, transports: ["websocket"] })'],
    [generation, 'polling', 'io(url, { reconnection: false, transports: ["polling"] })']
  ] as const),
  ...([1, 2] as const).map((generation) => [generation, 'polling', 'io(url, { reconnection: false, transports: ["polling"], forceJSONP: true })'] as const)
]

const script = (connect: string, url: string): string => `new Promise((resolve) => {
  const url = ${JSON.stringify(url)}
  const socket = window.socket = ${connect}
  for (const name of ['connect_error', 'connect_failed', 'error']) socket.on(name, () => resolve('refused'))
  socket.on('told', (text) => { window.told = text })
  socket.on('connect', () => socket.emit('echo', 'é 😀', (text) => resolve(text + ' ' + window.told)))
})`

t.test('pages in Chromium', { skip }, async (t) => {
  const browser = await launchChromium()
  t.teardown(() => browser.close())
  for (const [generation, transport, connect] of ON_PAGES) {
    t.test(`client ${generation} on a page of the app, ${connect}`, async (t) => {
      const { app, lines, url } = await startApp(t)
      const page = await browser.newPage()
      await page.goto(`${url}/page/${generation}`)
      t.equal(await page.evaluate(script(connect, url)), 'é 😀 é 😀')
      await until(() => transportsIn(app)[0] === transport)
      await page.evaluate('socket.disconnect()')
      await until(() => app.socketio.sessions.size === 0)
      await page.close()
      t.strictSame([lines, app.socketio.metrics.refused], [[], {}])
    })

    t.test(`client ${generation} on a page of another server is refused, ${connect}`, async (t) => {
      const { app, lines, url } = await startApp(t)
      const elsewhere = newApp(t)
      addPages(elsewhere)
      const page = await browser.newPage()
      await page.goto(`${await listen(elsewhere)}/page/${generation}`)
      const answer = page.evaluate(script(connect, url))
      answer.catch(() => {})
      await until(() => lines.length > 0)
      t.match(lines[0], { reason: 'origin refused', detail: /cors\.origin/ })
      t.equal(app.socketio.metrics.opened, 0)
      await page.close()
    })
  }
})
