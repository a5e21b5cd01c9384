// docs/proxies.md: nginx and HAProxy with the configurations of the page before one process, and what the page says that a proxy must do.
import { createGunzip } from 'node:zlib'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { answerScenario } from '../clients/scenario-answers.js'
import { readOptions } from '../../src/options.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { portOf, serverApp, pluginApp } from '../kit/servers/app.js'
import { until } from '../kit/waiting.js'
import { everyClient } from './clients.js'
import { nginx, PROXIES } from './proxies.js'
import type { Pair, Proxy } from './proxies.js'
import { fetchPage, open, readUntil, UPGRADE } from './tls-requests.js'

/** What the page says that the proxy replaces or sends on. */
const TRUSTING: FastifyServerOptions = { trustProxy: '127.0.0.1' }

/** An app of the page behind the proxy. */
async function behind (t: Test, proxy: Proxy, options: SocketioTransportsOptions = {}, changes: readonly Pair[] = [], server = TRUSTING): Promise<{ app: FastifyInstance, url: string }> {
  const app = await pluginApp(t, { io: {}, ...options }, server)
  answerScenario(app.io)
  return { app, url: `https://127.0.0.1:${await proxy.start(t, [await portOf(app)], changes)}` }
}

/** Opens a session of an old client. */
async function handshake (url: string): Promise<string> {
  const { status, body } = await fetchPage(`${url}/socket.io/1/`)
  if (status !== 200) throw new Error(`refused: ${status} ${body}`)
  return body.split(':')[0] ?? ''
}

const ECHO = '5:1+::{"name":"echo","args":["ünï"]}'
const ECHOED = '6:::1+["ünï"]'

function suite (t: Test, proxy: Proxy): void {
  t.test('real clients of every generation', async (t) => {
    const { app, url } = await behind(t, proxy)
    await everyClient(t, url)
    t.strictSame(app.socketio.metrics.refused, {})
  })

  t.test('htmlfile arrives as it is written, and an answer by a script', async (t) => {
    const { url } = await behind(t, proxy)
    const sid = await handshake(url)
    const path = `${url}/socket.io/1/htmlfile/${sid}`
    const stream = await open(path)
    t.teardown(() => stream.destroy())
    await readUntil(stream, '1::')
    const read = readUntil(stream, '6:::1+')
    t.match(await fetchPage(path, { method: 'POST', body: ECHO }), { status: 200, body: '1' })
    t.match(await read, '6:::1+')

    const script = `${url}/socket.io/1/jsonp-polling/${await handshake(url)}`
    const headers = { referer: `${url}/page` }
    t.match(await fetchPage(`${script}?i=0`, { headers }), { status: 200, body: 'io.j[0]("1::");' })
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
    t.match(await fetchPage(`${script}?i=0`, { method: 'POST', body: `d=${encodeURIComponent(JSON.stringify(ECHO))}`, headers: form }), { status: 200, body: '1' })
    t.equal((await fetchPage(`${script}?i=1`, { headers })).body, `io.j[1](${JSON.stringify(ECHOED)});`)
  })

  t.test('the own origin, by requests and by WebSockets', async (t) => {
    const { url } = await behind(t, proxy)
    for (const [path, headers, ok] of [['/socket.io/?EIO=4&transport=polling', {}, 200], ['/socket.io/?EIO=4&transport=websocket', UPGRADE, 101]] as const) {
      const status = async (origin: string): Promise<number> => (await fetchPage(url + path, { headers: { ...headers, origin } })).status
      t.equal(await status(url), ok, 'the page that the proxy serves')
      t.equal(await status(url.replace('https:', 'http:')), 403, 'the same without TLS')
      t.equal(await status('https://evil.example'), 403, 'a foreign one')
    }
    const { url: withoutTrust } = await behind(t, proxy, {}, [], {})
    t.equal((await fetchPage(`${withoutTrust}/socket.io/?EIO=4&transport=polling`, { headers: { origin: withoutTrust } })).status, 403, 'without trustProxy the own page is foreign')
  })

  t.test('the address of the client, not one that it says', async (t) => {
    const { app, url } = await behind(t, proxy)
    const addresses: string[] = []
    app.socketio.on('connection', ({ remoteAddress }) => { addresses.push(remoteAddress) })
    for (const [path, headers] of [['/socket.io/?EIO=4&transport=polling', {}], ['/socket.io/?EIO=4&transport=websocket', UPGRADE]] as const) {
      await fetchPage(url + path, { headers: { ...headers, 'x-forwarded-for': '203.0.113.9' }, from: '127.0.0.2' })
    }
    await until(() => addresses.length === 2)
    t.strictSame(addresses, ['127.0.0.2', '127.0.0.2'])
  })

  t.test('a body of maxPayload', async (t) => {
    const { app, url } = await behind(t, proxy)
    const sid = await handshake(url)
    const { maxPayload } = readOptions({})
    const post = (size: number): Promise<{ status: number }> => fetchPage(`${url}/socket.io/1/xhr-polling/${sid}`, { method: 'POST', body: `3:::${'x'.repeat(size - 4)}` })
    t.match(await post(maxPayload), { status: 200 })
    // The server answers before it has read the body, and nginx may see its connection break instead.
    t.match(String((await post(maxPayload + 1)).status), /^(413|502)$/)
    t.strictSame(app.socketio.metrics.refused, { 'payload too large': 1 }, 'it is the server that refuses')
  })

  t.test('its timeouts are longer than a poll is held and a WebSocket is silent', async (t) => {
    const { pingInterval, pollingDuration, heartbeatInterval } = readOptions({})
    const longest = Math.max(pingInterval, pollingDuration, Number(heartbeatInterval))
    const timeouts = [...proxy.text.matchAll(/(?:proxy_read_timeout|timeout (?:client|server|tunnel)) (\d+)s/g)].map(([, seconds]) => Number(seconds) * 1000)
    t.ok(timeouts.length > 0)
    for (const timeout of timeouts) t.ok(timeout > 2 * longest, `${timeout} ms against ${longest} ms`)

    // The same a hundred times shorter: a second of patience, and polls that are held for less or for more.
    for (const [held, status] of [[400, 200], [2500, 504]] as const) {
      const { url } = await behind(t, proxy, { pollingDuration: held }, [['60s', '1s']])
      const path = `${url}/socket.io/1/xhr-polling/${await handshake(url)}`
      t.match(await fetchPage(path), { status: 200, body: '1::' })
      t.equal((await fetchPage(path)).status, status, `a poll that is held for ${held} ms`)
    }
  })
}

for (const proxy of PROXIES) t.test(proxy.name, { skip: proxy.skip }, async (t) => suite(t, proxy))

t.test('nginx passes on a stream without proxy_buffering off, and compressed', { skip: nginx.skip }, async (t) => {
  const app = await serverApp(t)
  const port = await nginx.start(t, [await portOf(app)], [['proxy_buffering off;', 'proxy_buffering on; gzip on;']])
  const url = `https://127.0.0.1:${port}`
  const stream = await open(`${url}/socket.io/1/htmlfile/${await handshake(url)}`, { headers: { 'accept-encoding': 'gzip' } })
  t.teardown(() => stream.destroy())
  t.equal(stream.headers['content-encoding'], 'gzip')
  t.match(await readUntil(stream.pipe(createGunzip()), '1::'), '<html>')
})
