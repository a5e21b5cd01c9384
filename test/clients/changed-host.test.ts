// Own pages in Chromium behind a proxy that changes Host, with default options. Host does not tell the server's own origin there: the browser does, by
// Sec-Fetch-Site, but not with WebSockets.
import { createServer } from 'vite'
import type { Browser } from 'playwright-core'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { captureLog, newApp } from '../kit/servers/app.js'
import type { LogLine } from '../kit/servers/app.js'
import { launchChromium, skip } from '../kit/machine/chromium.js'
import { changingProxy } from '../kit/network/changing-proxy.js'
import type { Teardown } from '../kit/teardown.js'
import { until } from '../kit/waiting.js'
import { freePort } from '../kit/machine/free-port.js'
import type { CorsOptions } from '../../types/options.js'
import socketioTransports from '../../src/index.js'
import { addPages, listen } from './scenario-app.js'

/** A dev server of Vite, as its users set it up. */
async function viteProxy (t: Teardown, target: string): Promise<string> {
  const vite = await createServer({
    configFile: false,
    logLevel: 'silent',
    appType: 'custom',
    server: { host: '127.0.0.1', port: 0, proxy: { '^/(?:socket.io|page|client|[a-z-]+[.]js)': { target, ws: true, changeOrigin: true } } }
  })
  t.teardown(() => vite.close())
  await vite.listen()
  const address = vite.httpServer?.address()
  if (typeof address !== 'object' || address === null) throw new Error('Vite does not listen')
  return `http://127.0.0.1:${address.port}`
}

const PROXIES: Record<string, (t: Teardown, target: string) => Promise<string>> = { 'a proxy that changes Host': changingProxy, 'Vite with changeOrigin': viteProxy }

interface Kind { readonly generation: string, readonly name: string, readonly connect: string, readonly last: string }

/** How a page connects, and the transport that it has in the end. */
const KINDS: readonly Kind[] = [
  { generation: '4', name: 'default transports', connect: 'io()', last: 'websocket' },
  { generation: '3', name: 'default transports', connect: 'io()', last: 'websocket' },
  { generation: '2', name: 'default transports', connect: 'io()', last: 'websocket' },
  { generation: '1', name: 'default transports', connect: 'io()', last: 'websocket' },
  { generation: '2', name: 'JSONP', connect: 'io({ forceJSONP: true, transports: ["polling"] })', last: 'polling' },
  { generation: '0.9', name: 'default transports', connect: 'io.connect()', last: 'websocket' },
  ...['xhr-polling', 'jsonp-polling', 'htmlfile'].map((last) => ({ generation: '0.9', name: last, connect: `(io.transports = ['${last}'], io.connect())`, last }))
]

/** Connects, asks for an echo, and waits for the upgrade. */
const echo = (connect: string, last: string): string => `new Promise((resolve, reject) => {
  const socket = window.socket = ${connect}
  for (const name of ['connect_error', 'connect_failed', 'error']) socket.on(name, (error) => reject(new Error(name + ' ' + (error && error.message || error))))
  const nameOf = () => socket.socket ? socket.socket.transport.name : socket.io.engine.transport.name
  socket.on('connect', () => socket.emit('echo', 'é 😀', (text) => {
    const look = setInterval(() => {
      if (nameOf() !== '${last}') return
      clearInterval(look)
      socket.emit('echo', text + '!', (again) => resolve([text, again]))
    }, 20)
  }))
})`

interface Setting { readonly port?: number, readonly cors?: CorsOptions, readonly trustProxy?: boolean, readonly referrerPolicy?: string }

async function startApp (t: Test, { port = 0, cors, trustProxy = false, referrerPolicy }: Setting = {}): Promise<{ app: FastifyInstance, lines: LogLine[], url: string }> {
  const { logger, lines } = captureLog('warn')
  const app = newApp(t, { logger, trustProxy })
  if (referrerPolicy !== undefined) {
    app.addHook('onRequest', (_request, reply, done) => {
      reply.header('referrer-policy', referrerPolicy)
      done()
    })
  }
  addPages(app)
  await app.register(socketioTransports, { io: {}, ...(cors && { cors }) })
  app.io.on('connection', (socket) => socket.on('echo', (text: unknown, answer: (text: unknown) => void) => answer(text)))
  return { app, lines, url: await listen(app, port) }
}

async function openPage (t: Test, browser: Browser, url: string) {
  const page = await browser.newPage()
  t.teardown(() => page.close())
  await page.goto(url)
  return page
}

t.test('own pages whose proxy changes Host', { skip }, async (t) => {
  const browser = await launchChromium('--host-resolver-rules=MAP app.test 127.0.0.1')
  t.teardown(() => browser.close())

  for (const [proxy, start] of Object.entries(PROXIES)) {
    for (const { generation, name, connect, last } of KINDS) {
      t.test(`behind ${proxy}, client ${generation} by ${name} connects, echoes and upgrades, and nothing is refused`, async (t) => {
        const { app, lines, url } = await startApp(t)
        const page = await openPage(t, browser, `${await start(t, url)}/page/${generation}`)
        t.strictSame(await page.evaluate(echo(connect, last)), ['é 😀', 'é 😀!'])
        t.strictSame([...app.socketio.sessions.values()].map(({ transport }) => transport.name), [last])
        t.strictSame([app.socketio.metrics.refused, lines], [{}, []])
      })
    }
  }

  const FIRST = echo('io({ transports: ["websocket"], reconnection: false })', 'websocket')

  t.test('a client that begins with a WebSocket is refused, and the log says what to set', async (t) => {
    const { app, lines, url } = await startApp(t)
    const origin = await changingProxy(t, url)
    const page = await openPage(t, browser, `${origin}/page/4`)
    await t.rejects(page.evaluate(FIRST), /connect_error/)
    t.match(lines, [{ reason: 'origin refused', origin, own: url, detail: /let the proxy keep Host, or set trustProxy and let it send X-Forwarded-Host, or set cors\.origin/ }])
    t.ok(String(lines[0]?.['detail']).endsWith(`cors.origin: ['${origin}']`))
    t.equal(app.socketio.sessions.size, 0)
  })

  t.test('what the log says helps: cors.origin, or trustProxy with X-Forwarded-Host', async (t) => {
    for (const way of ['cors', 'trustProxy'] as const) {
      const port = await freePort()
      const origin = await changingProxy(t, `http://127.0.0.1:${port}`, way === 'trustProxy')
      const { lines } = await startApp(t, { port, ...(way === 'cors' ? { cors: { origin: [origin] } } : { trustProxy: true }) })
      const page = await openPage(t, browser, `${origin}/page/4`)
      t.strictSame(await page.evaluate(FIRST), ['é 😀', 'é 😀!'], way)
      t.strictSame(lines, [])
    }
  })

  t.test('on plain http, where Chromium sends no Sec-Fetch-Site, the handshake is refused: no session, no poll that fails', async (t) => {
    for (const [generation, connect] of [['4', 'io({ reconnection: false })'], ['2', 'io({ reconnection: false })'], ['0.9', 'io.connect()']] as const) {
      const { app, lines, url } = await startApp(t)
      const origin = (await changingProxy(t, url)).replace('127.0.0.1', 'app.test')
      const page = await openPage(t, browser, `${origin}/page/${generation}`)
      await t.rejects(page.evaluate(echo(connect, 'websocket')), /error/, generation)
      t.ok(String(lines[0]?.['detail']).endsWith(`cors.origin: ['${origin}']`))
      t.strictSame([app.socketio.metrics.opened, Object.keys(app.socketio.metrics.refused)], [0, ['origin refused']])
    }
  })

  t.test('a page that sends no Referer stays on polling, and the log says what its WebSockets need', async (t) => {
    const { app, lines, url } = await startApp(t, { referrerPolicy: 'no-referrer' })
    const origin = await changingProxy(t, url)
    const page = await openPage(t, browser, `${origin}/page/4`)
    t.strictSame(await page.evaluate(echo('io()', 'polling')), ['é 😀', 'é 😀!'])
    await until(() => lines.length > 0)
    t.match(lines, [{ reason: 'origin refused', origin, detail: /keep Host/ }])
    t.strictSame([...app.socketio.sessions.values()].map(({ transport }) => transport.name), ['polling'])
  })
})
