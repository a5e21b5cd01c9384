// docs/refusals.md, "By what the client says" and "By the console of the browser": what the real clients say, in Node and in Chromium.
import { readFileSync } from 'node:fs'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import type { Browser } from 'playwright-core'
import t from 'tap'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { addPages, listen } from '../clients/scenario-app.js'
import { browserAndPages } from '../clients/page.js'
import { skip } from '../kit/machine/chromium.js'
import { connectOfficial, GENERATIONS } from '../kit/official-clients.js'
import type { Generation } from '../kit/official-clients.js'
import { pluginApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { until } from '../kit/waiting.js'

const page = readFileSync(new URL('../../docs/refusals.md', import.meta.url), 'utf8')
const between = (from: string, to: string): string => page.slice(page.indexOf(`## ${from}`), page.indexOf(`## ${to}`))
const CLIENTS = between('By what the client says', 'By the console')
const CONSOLE = between('By the console', 'Refusals of requests')

interface Said { readonly message: string, readonly description?: unknown, readonly body?: string | undefined }

/** What a client says of a refusal. */
const errorOf = (generation: Generation, url: string, transport: string): Promise<Said> => new Promise((resolve) => {
  const client = connectOfficial(generation, url, [transport])
  client.on(generation === 0.9 ? 'error' : 'connect_error', (error) => {
    if (generation === 0.9) return resolve({ message: String(error) }) // it has no transport, and cannot disconnect without one
    const { message, description, context }: { message?: string, description?: unknown, context?: { responseText: string } } = Object(error)
    resolve({ message: String(message), description, body: context?.responseText })
    client.disconnect() // empties the text
  })
})

t.test('clients in Node', async (t) => {
  const app = await pluginApp(t, { authorize: () => false })
  const url = `http://127.0.0.1:${await portOf(app)}`
  for (const generation of GENERATIONS) {
    for (const transport of ['polling', 'websocket']) {
      const { message, description, body } = await errorOf(generation, url, transport)
      if (generation === 0.9) {
        t.equal(message, 'handshake unauthorized')
        continue
      }
      t.ok(CLIENTS.includes(`| ${generation}.x | ${transport} | \`connect_error\` | \`${message}\` | `), `${generation} ${transport}: ${message}`)
      if (transport === 'websocket') t.match(Object(description).message, /\b403\b/)
      else t.strictSame([description, body], [403, generation === 4 ? '{"code":4,"message":"Forbidden"}' : undefined])
    }
  }
  t.ok(CLIENTS.includes('| 0.9 | every | `error` | the body, such as `handshake unauthorized` | |'))
})

/** An app with pages. @param path that of the app, if it is not that of the clients */
async function served (t: Teardown, options: SocketioTransportsOptions): Promise<string> {
  const app = Fastify({ forceCloseConnections: true }) as FastifyInstance
  addPages(app)
  await app.register(socketioTransports, options)
  t.teardown(() => app.close())
  return await listen(app)
}

interface Visit { readonly browser: Browser, readonly origin: string, readonly url: string, readonly generation: Generation, readonly options: object }

/** What a client in a page says of a refusal, and what the console shows, with words in the place of addresses. */
async function visit ({ browser, origin, url, generation, options }: Visit): Promise<[said: string, ...shown: string[]]> {
  const page = await browser.newPage()
  const shown: string[] = []
  page.on('console', (message) => shown.push(message.text()))
  await page.goto(`${origin}/page/${generation}`)
  const connect = generation === 0.9 ? `io.connect('${url}', { 'force new connection': true, reconnect: false })` : `io('${url}', ${JSON.stringify({ reconnection: false, forceNew: true, ...options })})`
  const said: string = await page.evaluate(`new Promise((resolve) => ${connect}.on('${generation === 0.9 ? 'error' : 'connect_error'}', (error) => resolve(error.message ?? error)))`)
  await until(() => shown.length > 0)
  await page.close()
  const plain = shown.map((text) => text.replaceAll(`'${origin}'`, '\'PAGE\'').replace(/'(?:http|ws):[^']*'/g, '\'URL\''))
  return [said, ...plain]
}

t.test('clients in Chromium', { skip }, async (t) => {
  const { browser, origin } = await browserAndPages(t)
  const listed = [...CONSOLE.matchAll(/^\| `(.*?)` \|/gm)].map(([, message = '']) => message)
  const shown = new Set<string>()
  const polling = { transports: ['polling'] }
  const refused = { authorize: () => false }

  const check = async (name: string, said: string, { url, from = origin, generation = 4, options = polling }: { url: string, from?: string, generation?: Generation, options?: object }): Promise<void> => {
    const [saying, ...messages] = await visit({ browser, origin: from, url, generation, options })
    t.equal(saying, said, name)
    t.ok(messages.some((message) => listed.includes(message)), `${name}: ${messages.join(' / ')}`)
    for (const message of messages) shown.add(message)
  }

  const own = await served(t, {})
  await check('a page of another origin, by polling', 'xhr poll error', { url: own })
  await check('a page of another origin, by WebSocket', 'websocket error', { url: own, options: { transports: ['websocket'] } })
  await check('a page of another origin, client 0.9', '', { url: own, generation: 0.9 })
  await check('a page of another origin, and a wrong path', 'xhr poll error', { url: await served(t, { path: '/elsewhere', cors: { origin: [origin] } }) })
  await check('any origin, without credentials', 'xhr poll error', { url: await served(t, { cors: { origin: '*' } }), generation: 2 })
  await check('an origin without credentials', 'xhr poll error', { url: await served(t, { cors: { origin: [origin], credentials: false } }), generation: 2 })
  const strict = await served(t, refused)
  await check('an own page that is refused', 'xhr poll error', { url: strict, from: strict })
  await check('an own page that is refused, client 0.9', 'handshake unauthorized', { url: strict, from: strict, generation: 0.9 })
  await check('an own page that is refused, by a script', 'jsonp poll error', { url: strict, from: strict, generation: 2, options: { ...polling, forceJSONP: true } })
  t.strictSame(listed.filter((message) => !shown.has(message)), [], 'each message of the page was shown')
})
