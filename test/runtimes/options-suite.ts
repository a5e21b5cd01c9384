// Options and features that depend on what a runtime has of Node's HTTP and of ws.
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import { WebSocket } from 'ws'
import { CERTIFICATE, KEY } from '../kit/machine/certificate.js'
import { freePort } from '../kit/machine/free-port.js'
import { fetchText } from '../kit/request.js'
import { rawHttp, head, parse, UPGRADE } from '../kit/raw/http.js'
import { openWebSocket, refusal, WebSocketClient } from '../kit/websocket.js'
import { engine } from '../security/entrances.js'
import type { StartApp, State } from './app.js'

const POLL = '/socket.io/?EIO=4&transport=polling'
const WEBSOCKET = '/socket.io/?EIO=4&transport=websocket'
const FORBIDDEN = '{"code":4,"message":"Forbidden"}'
const CLIENT_FILES = fileURLToPath(new URL('../../node_modules/socket.io/client-dist', import.meta.url))

/** Asks until the state is as wanted. */
async function stateWhen (app: { ask (name: 'state'): Promise<State> }, isWanted: (state: State) => boolean): Promise<State> {
  for (;;) {
    const state = await app.ask('state')
    if (isWanted(state)) return state
  }
}

export function optionsSuite (t: Test, start: StartApp): void {
  t.test('refused upgrades are answered, with the reason in the log', async (t) => {
    const { url, ask } = await start(t)
    const evil = { origin: 'https://elsewhere.example' }
    const answer = async (path: string, headers: string[] = []) => {
      const { status, body, raw } = await rawHttp(Number(new URL(url).port), head('GET', path, ...UPGRADE, ...headers))
      await raw.closed
      return [status, body]
    }
    t.strictSame(await answer(WEBSOCKET, [`Origin: ${evil.origin}`]), [403, FORBIDDEN])
    t.strictSame(await answer(`${WEBSOCKET}&as=nobody`), [403, FORBIDDEN], 'by authorize')
    t.strictSame(await answer(`${WEBSOCKET}&as=late`), [403, FORBIDDEN], 'by authorize, later')
    t.strictSame(await answer(`${WEBSOCKET}&sid=nobody`), [400, '{"code":1,"message":"Session ID unknown"}'])
    t.match(await answer('/elsewhere'), [404, /Route GET/])
    t.strictSame(await answer('/'), [200, 'hello'])
    const { lines } = await ask('state')
    t.strictSame(lines.map(({ reason }) => reason), ['origin refused', 'unauthorized', 'unauthorized'])
  })

  t.test('headers of middlewares, of listeners and of the option cookie are in the answer to an upgrade', async (t) => {
    const { url } = await start(t, { options: { cookie: true }, extras: { middleware: true, headers: true } })
    const { headers } = await (await openWebSocket(`${url}${WEBSOCKET}&as=me`)).opened
    t.match(headers, { 'x-middleware': 'me', 'x-own': 'yes' })
    t.match(await fetchText(`${url}${POLL}&as=me`), { status: 200, headers: { 'x-middleware': 'me', 'x-own': 'yes', 'set-cookie': [/^io=/] } })
  })

  t.test('cors', async (t) => {
    const { url } = await start(t, { options: { cors: { origin: ['https://app.example'], credentials: true } } })
    const from = (origin: string) => fetchText(url + POLL, { headers: { origin } })
    t.match(await from('https://app.example'), { status: 200, headers: { 'access-control-allow-origin': 'https://app.example', 'access-control-allow-credentials': 'true' } })
    t.match(await from('https://elsewhere.example'), { status: 403, body: FORBIDDEN })
    t.equal((await fetchText(url + POLL, { method: 'OPTIONS', headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' } })).status, 204)
  })

  t.test('the files of the client', async (t) => {
    const { url } = await start(t, { options: { serveClient: CLIENT_FILES } })
    const { status, body } = await fetchText(`${url}/socket.io/socket.io.js`)
    t.equal(status, 200)
    t.match(body, /Socket\.IO v4/)
  })

  t.test('inject and injectWS', async (t) => {
    const { ask } = await start(t)
    t.match(await ask('inject', { url: POLL }), { statusCode: 200, body: /^0\{"sid":/ })
    t.match(await ask('injectWS', WEBSOCKET), /^0\{"sid":/)
  })

  t.test('hooks onResponse see an upgrade at its end', async (t) => {
    const app = await start(t, { extras: { onResponse: true } })
    const wire = new WebSocketClient(app.url + WEBSOCKET)
    await wire.next()
    t.strictSame((await app.ask('state')).responses, [])
    wire.socket.close()
    const { responses } = await stateWhen(app, ({ responses }) => responses.length > 0)
    t.match(responses, [{ url: '/socket.io/', statusCode: 101 }])
    await refusal(`${app.url}${WEBSOCKET}&sid=nobody`)
    t.match((await stateWhen(app, ({ responses }) => responses.length > 1)).responses[1], { statusCode: 400 })
  })

  t.test("the app's own @fastify/websocket", async (t) => {
    const { port } = await start(t, { extras: { ownWebsocket: true } })
    for (const eio of [3, 4] as const) await t.resolves(engine(t, port, eio, 'upgraded'))
  })

  t.test('perMessageDeflate', async (t) => {
    const on = await start(t, { options: { perMessageDeflate: { threshold: 0 } } })
    const wire = await openWebSocket(on.url + WEBSOCKET)
    t.equal(wire.socket.extensions, 'permessage-deflate')
    t.match(await wire.next(), /^0\{"sid":/)
    wire.send('40')
    await wire.next()
    wire.send(`42["message","${'é'.repeat(50_000)}"]`)
    t.equal(await wire.next(), `42["message","${'é'.repeat(50_000)}"]`)
    wire.close()
    const off = await openWebSocket((await start(t)).url + WEBSOCKET)
    t.equal(off.socket.extensions, '')
    off.close()
  })

  t.test('maxPayload, of WebSockets, of inflated messages, and of POSTs', async (t) => {
    const { port, url, ask } = await start(t, { options: { maxPayload: 10_000, perMessageDeflate: { threshold: 0 } } })
    for (const perMessageDeflate of [false, true]) {
      const wire = new WebSocketClient(url + WEBSOCKET, { perMessageDeflate })
      await wire.next()
      wire.send('40')
      await wire.next()
      wire.send(`42["message","${'x'.repeat(20_000)}"]`)
      t.equal(await wire.closed, 1009)
    }
    const client = await engine(t, port, 4, 'xhr')
    t.equal((await client.post(`42["message","${'x'.repeat(20_000)}"]`).answer).status, 413)
    t.match((await ask('state')).metrics, { ended: { 'payload too large': 2 }, refused: { 'payload too large': 1 } })
  })

  t.test('heartbeats', async (t) => {
    const app = await start(t, { options: { pingInterval: 200, pingTimeout: 200 } })
    const wire = new WebSocketClient(app.url + WEBSOCKET)
    await wire.next()
    wire.send('40')
    t.match(await wire.take(2), [/^40/, '2'], 'a ping')
    wire.send('3')
    t.equal(await wire.next(), '2', 'another one, after an answer')
    await wire.closed
    t.match((await app.ask('state')).metrics.ended, { 'ping timeout': 1 })
  })

  t.test('a client that does not read ends when more than maxQueueBytes wait for it, and nothing beside', async (t) => {
    const { url, port, ask } = await start(t, { options: { maxQueueBytes: 1_000_000 } })
    const wire = new WebSocketClient(url + WEBSOCKET)
    await wire.next()
    wire.send('40')
    await wire.next()
    wire.socket.pause()
    await engine(t, port, 4, 'xhr') // never polls again
    const { most } = await ask('flood', { size: 10_000, ms: 10_000 })
    t.ok(most < 2_500_000, `${most} bytes`)
    t.match(await ask('state'), { sessions: 0, metrics: { ended: { 'slow client': 2 } } })
    wire.close()
  })

  t.test('any Sec-WebSocket-Key in revision 1', async (t) => {
    const { port, url } = await start(t)
    const { body } = await fetchText(`${url}/socket.io/1/`)
    const lines = UPGRADE.map((line) => line.startsWith('Sec-WebSocket-Key') ? 'Sec-WebSocket-Key: short' : line)
    const { status, head: answer, raw } = await rawHttp(port, head('GET', `/socket.io/1/websocket/${body.split(':')[0]}`, ...lines))
    t.equal(status, 101)
    t.equal(parse(answer).headers['sec-websocket-accept'], 'JQHdhQRrQ3pd0VAHx7vMGlEiL+4=')
    raw.reset()
  })

  t.test('flashPolicy, on a port of its own and inline', async (t) => {
    const port = await freePort()
    const app = await start(t, { options: { transports: ['flashsocket'], flashPolicy: { port, inline: true, allow: ['app.example:*'] } } })
    for (const each of [port, app.port]) {
      const socket = connect(each, '127.0.0.1', () => socket.write('<policy-file-request/>\0'))
      t.match(await text(socket), /allow-access-from domain="app\.example"/)
    }
  })

  t.test('TLS', async (t) => {
    const { port, ask } = await start(t, { server: { https: { key: KEY, cert: CERTIFICATE } } })
    const socket = new WebSocket(`wss://127.0.0.1:${port}${WEBSOCKET}`, { rejectUnauthorized: false })
    t.match(String((await once(socket, 'message'))[0]), /^0\{"sid":/)
    t.strictSame((await ask('state')).transports, ['websocket'])
    socket.terminate()
  })

  t.test('HTTP/2', async (t) => {
    const { url } = await start(t, { server: { http2: true }, options: { transports: ['polling'] } })
    const session = connectHttp2(url)
    t.teardown(() => session.destroy())
    t.match(await text(session.request({ ':path': POLL }).setEncoding('utf8')), /^0\{"sid":/)
  })
}
