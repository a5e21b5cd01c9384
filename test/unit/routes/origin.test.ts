// The origin policy: the same for handshakes, polls, posts, streams and upgrades, and what the answers say about it.
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { OriginPolicy, originOf } from '../../../src/routes/origin.js'
import { TimerWheel } from '../../../src/time/timer-wheel.js'
import type { CorsOptions } from '../../../types/options.js'
import type { TransportName } from '../../../types/socket.js'
import { captureLog, inject, pluginApp, portOf } from '../../kit/servers/app.js'
import { connectEngine, urlOf } from '../../kit/engine-io/inject.js'
import { connectPolling, handshake } from '../../kit/revision-1/inject.js'
import { openWebSocket } from '../../kit/websocket.js'
import { requestUpgrade } from '../../kit/request.js'
import { DIALECTS, readOpen } from '../../kit/engine-io/payload.js'

const transports: TransportName[] = ['websocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling']
const FOREIGN = 'http://elsewhere.test'
const FORBIDDEN = '{"code":4,"message":"Forbidden"}'
/** The page of an old client would wait for its callback, for ten seconds; a script cannot see a status. */
const OLD_SCRIPT = 'io.j[0](new Error("handshake bad origin"));'
/** Handshakes of every dialect, and how each is refused. */
const HANDSHAKES = [
  ['/socket.io/1/', 'handshake bad origin'], ['/socket.io/1/?jsonp=0', OLD_SCRIPT], [urlOf(3, 'polling'), FORBIDDEN], [urlOf(4, 'polling'), FORBIDDEN], [urlOf(3, 'polling', '&j=0'), FORBIDDEN], [urlOf(4, 'polling', '&j=0'), FORBIDDEN]
] as const
const UPGRADES = ['/socket.io/1/websocket/x', urlOf(3, 'websocket'), urlOf(4, 'websocket')]
const corsOf = (headers: Record<string, unknown>) =>
  [headers['access-control-allow-origin'], headers['access-control-allow-credentials'], headers['vary']]

/** Whether the answer is a script, which any page can load. */
const isScript = (url: string): boolean => /[?&](?:j|jsonp)=/.test(url)

/** What browsers send, and whether it may come in when only the server's own origin may. */
const browsers: [string, Record<string, string>, boolean][] = [
  ['no header at all: no browser', {}, true],
  ['the own Origin', { origin: 'http://localhost' }, true],
  ['the own Origin with its port', { origin: 'http://localhost:80' }, true],
  ['the own Origin by another scheme', { origin: 'https://localhost' }, false],
  ['the own host with another port', { origin: 'http://localhost:8080' }, false],
  ['the own Origin with a slash, as Go writes it', { origin: 'http://localhost/' }, true],
  ['another Origin with a slash', { origin: `${FOREIGN}/` }, false],
  ['the URL of the own WebSocket', { origin: 'ws://localhost:80' }, true],
  ['the URL of the own WebSocket by TLS', { origin: 'wss://localhost' }, true],
  ['the URL of another WebSocket', { origin: 'ws://elsewhere.test' }, false],
  ['the URL of a WebSocket of the own host with another port', { origin: 'ws://localhost:8080' }, false],
  ['a list of the own Origin and another', { origin: `http://localhost, ${FOREIGN}` }, false],
  ['a list of a star and another Origin', { origin: `*, ${FOREIGN}` }, false],
  ['an empty Origin', { origin: '' }, false],
  ['a list of nulls', { origin: 'null, null' }, false],
  ['a star and Sec-Fetch-Site cross-site', { origin: '*', 'sec-fetch-site': 'cross-site' }, false],
  ['a host without a scheme and another Referer', { origin: 'localhost', referer: `${FOREIGN}/page` }, false],
  ['the Origin of a file', { origin: 'file://' }, false],
  ['the Origin of an app', { origin: 'capacitor://localhost' }, false],
  ['another Origin', { origin: FOREIGN }, false],
  ['an Origin that begins like the own', { origin: 'http://localhost.elsewhere.test' }, false],
  ['the Origin null', { origin: 'null' }, false],
  ['another Origin that the browser says is the own (a proxy changed Host)', { origin: FOREIGN, 'sec-fetch-site': 'same-origin' }, true],
  ['another Origin and Sec-Fetch-Site same-site', { origin: 'http://evil.localhost', 'sec-fetch-site': 'same-site' }, false],
  ['another Origin and Sec-Fetch-Site cross-site', { origin: FOREIGN, 'sec-fetch-site': 'cross-site' }, false],
  ['another Origin and Sec-Fetch-Site none', { origin: FOREIGN, 'sec-fetch-site': 'none' }, false],
  ['another Origin and several values of Sec-Fetch-Site', { origin: FOREIGN, 'sec-fetch-site': 'cross-site, same-origin' }, false],
  ['the own Referer and Sec-Fetch-Site same-site', { referer: 'http://localhost/page', 'sec-fetch-site': 'same-site' }, false],
  ['Sec-Fetch-Site same-origin', { 'sec-fetch-site': 'same-origin' }, true],
  ['Sec-Fetch-Site none', { 'sec-fetch-site': 'none' }, true],
  ['Sec-Fetch-Site same-site', { 'sec-fetch-site': 'same-site' }, false],
  ['Sec-Fetch-Site cross-site', { 'sec-fetch-site': 'cross-site' }, false],
  ['the own Referer', { referer: 'http://localhost/page?x=1' }, true],
  ['the own Referer, but cross-site (a redirect)', { referer: 'http://localhost/page', 'sec-fetch-site': 'cross-site' }, false],
  ['the own Referer and same-origin', { referer: 'http://localhost/page', 'sec-fetch-site': 'same-origin' }, true],
  ['another Referer', { referer: `${FOREIGN}/page` }, false],
  ['a Referer that holds the own origin', { referer: `${FOREIGN}/http://localhost/` }, false],
  ['a Referer that is no URL', { referer: 'nonsense' }, false],
  ['another Referer beside the own Origin', { origin: 'http://localhost', referer: `${FOREIGN}/page` }, true]
]

/** Values of Origin that no browser sends: such a request counts as one without Origin. */
const PROGRAMS = ['*', 'localhost', 'localhost:80', 'localhost:8080', 'elsewhere.test', 'elsewhere.test:443', 'localhost@elsewhere.test']

for (const origin of PROGRAMS) {
  t.test(`the Origin "${origin}" counts as none`, async (t) => {
    for (const cors of [{}, { origin: 'http://friend.test' }]) {
      const app = await pluginApp(t, { cors })
      for (const [url, refusal] of HANDSHAKES) {
        const { statusCode, body, headers } = await inject(app, url, { origin })
        const without = await inject(app, url)
        t.equal(statusCode, without.statusCode, url)
        if (isScript(url)) t.equal(body, refusal)
        t.same(corsOf(headers), corsOf(without.headers))
      }
      for (const url of UPGRADES) t.equal((await requestUpgrade(app, url, { origin })).status, 101, url)
      t.equal((await inject(app, urlOf(4, 'polling'), { origin, referer: `${FOREIGN}/page`, 'sec-fetch-site': 'cross-site' })).statusCode, 403)
    }
  })
}

for (const origin of ['file://', 'capacitor://localhost', 'ionic://localhost', 'app://', 'chrome-extension://abc', 'null', 'http://localhost:3000']) {
  t.test(`a page of ${origin} comes in by the value of cors.origin that the log names`, async (t) => {
    const { lines, logger } = captureLog('warn')
    const refusing = await pluginApp(t, {}, { logger })
    for (const [url] of HANDSHAKES) await inject(refusing, url, { origin })
    for (const url of UPGRADES) t.equal((await requestUpgrade(refusing, url, { origin })).status, 403, url)
    t.equal(lines.length, HANDSHAKES.length + UPGRADES.length)
    for (const { detail } of lines) t.ok(String(detail).includes(`set cors.origin: ['${origin}']`), String(detail))
    const app = await pluginApp(t, { cors: { origin: [origin] } })
    for (const url of UPGRADES) t.equal((await requestUpgrade(app, url, { origin })).status, 101, url)
    for (const dialect of DIALECTS) {
      const opened = await inject(app, urlOf(dialect.eio, 'polling'), { origin })
      t.same(corsOf(opened.headers), [origin, 'true', 'Origin'])
      const url = urlOf(dialect.eio, 'polling', `&sid=${readOpen(dialect.packets(opened.rawPayload)[0]).sid}`)
      const posted = await inject(app, url, { origin, 'content-type': 'text/plain;charset=UTF-8' }, { method: 'POST', payload: dialect.body(dialect.silent) })
      t.strictSame([posted.statusCode, posted.body], [200, 'ok'])
    }
  })
}

for (const [name, headers, allowed] of browsers) {
  t.test(`by default, a handshake with ${name} is ${allowed ? 'accepted' : 'refused'}${name.startsWith('no header') ? ', but as a script' : ''}`, async (t) => {
    for (const [url, refusal] of HANDSHAKES) {
      const app = await pluginApp(t)
      const response = await inject(app, url, headers)
      const comesIn = allowed && !(isScript(url) && Object.keys(headers).length === 0)
      t.equal(response.statusCode, comesIn || refusal === OLD_SCRIPT ? 200 : 403, url)
      if (!comesIn) t.equal(response.body, refusal)
      t.equal(app.socketio.sessions.size, comesIn ? 1 : 0)
      t.same(corsOf(response.headers), [undefined, undefined, undefined])
      t.equal(response.headers['cache-control'], 'no-store')
      t.equal(response.headers['x-content-type-options'], 'nosniff')
    }
  })
}

t.test('what is no URL is none however often it comes', async (t) => {
  // The bytes of a host in UTF-8, each a character: Node 20 mistakes them for it in code that has run some thousand times.
  const nonsense = 'http://\xe2\x82\xac/'
  const policy = new OriginPolicy({}, { wheel: new TimerWheel(1000), ms: 1000 })
  const request = { headers: { referer: nonsense }, raw: { headers: {} }, protocol: 'http', host: 'localhost' } as FastifyRequest
  const seen = new Set<unknown>()
  for (let i = 0; i < 20_000; i++) seen.add(originOf(request)).add(policy.allows(nonsense, request))
  t.strictSame([...seen], ['null', false])
})

t.test('a script that no header vouches for is let in where every origin is, and the log says what else helps', async (t) => {
  const scripts = ['/socket.io/1/?jsonp=0', urlOf(3, 'polling', '&j=0'), urlOf(4, 'polling', '&j=0'), '/socket.io/1/jsonp-polling/unknown?i=0', '/socket.io/1/jsonp-polling/unknown']
  const anybody: CorsOptions['origin'][] = [true, '*', ['http://friend.test', '*'], 'null', (origin: string) => origin === 'null']
  for (const origin of anybody) {
    const app = await pluginApp(t, { cors: { ...(origin !== undefined && { origin }) } })
    for (const url of scripts) t.equal((await inject(app, url)).statusCode, 200, url)
  }
  for (const origin of ['http://friend.test', /friend/, false]) {
    const { lines, logger } = captureLog('warn')
    const app = await pluginApp(t, { cors: { origin } }, { logger })
    for (const url of scripts) {
      const refused = await inject(app, url)
      if (url.includes('jsonp=')) t.strictSame([refused.statusCode, refused.body], [200, OLD_SCRIPT])
      else t.equal(refused.statusCode, 403, url)
      t.equal((await inject(app, url, { referer: 'http://localhost/page' })).statusCode, 200, url)
    }
    t.equal(lines.length, scripts.length)
    for (const line of lines) t.match(line, { reason: 'origin refused', origin: 'null', detail: /Sec-Fetch-Site.*Referrer-Policy.*https.*cors\.origin/ })
  }
})

t.test('a refusal is logged with its reason, and reported', async (t) => {
  const { lines, logger } = captureLog('warn')
  const app = await pluginApp(t, {}, { logger })
  const reported: unknown[] = []
  app.socketio.on('connection_error', ({ code, message, context, req }) => reported.push([code, message, context, req.url]))
  await inject(app, '/socket.io/1/?x=1', { origin: FOREIGN })
  t.equal(lines.length, 1)
  t.match(lines[0], { msg: 'refused: origin refused; what to do: docs/refusals.md#origin-refused', answer: 'handshake bad origin', reason: 'origin refused', detail: /^the origin is not allowed/, origin: FOREIGN, own: 'http://localhost:80' })
  t.match(reported, [[4, 'Forbidden', { detail: /^the origin is not allowed/, origin: FOREIGN }, '/socket.io/1/?x=1']])
  t.equal(reported.length, 1)
})

t.test('a foreign page gets nothing out of a session it knows the id of, and cannot end it', async (t) => {
  const app = await pluginApp(t, { transports, cors: { origin: 'http://friend.test' } })
  const sid = await connectPolling(app)
  const got: unknown[] = []
  app.socketio.sessions.get(sid)?.on('packet', (packet) => got.push(packet))
  app.socketio.sessions.get(sid)?.send({ type: 'message', data: 'secret' })
  for (const headers of [{ origin: FOREIGN }, { referer: `${FOREIGN}/` }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[]) {
    for (const [method, url] of [
      ['GET', `xhr-polling/${sid}`], ['POST', `xhr-polling/${sid}`], ['OPTIONS', `xhr-polling/${sid}`],
      ['GET', `jsonp-polling/${sid}?i=0`], ['POST', `jsonp-polling/${sid}?i=0`],
      ['GET', `htmlfile/${sid}`], ['POST', `htmlfile/${sid}`], ['GET', `xhr-multipart/${sid}`],
      ['GET', `xhr-polling/${sid}?disconnect=1`], ['GET', `/${sid}/?disconnect=1`], ['GET', `websocket/${sid}`],
      ['GET', ''], ['POST', ''], ['OPTIONS', '']
    ] as const) {
      const payload = method === 'POST' ? { payload: '3:::intruder' } : {}
      const response = await inject(app, `/socket.io/1/${url}`, headers, { method, ...payload })
      t.equal(response.statusCode, 403, `${method} ${url}`)
      t.equal(response.body, 'handshake bad origin')
      t.equal(response.headers['access-control-allow-origin'], undefined)
    }
    const refused = await requestUpgrade(app, `/socket.io/1/websocket/${sid}`, headers)
    t.equal(refused.status, 403)
    t.equal(refused.body, 'handshake bad origin')
  }
  t.same(got, [])
  t.equal((await inject(app, `/socket.io/1/xhr-polling/${sid}`)).body, '3:::secret')
})

for (const dialect of DIALECTS) {
  const { eio } = dialect
  t.test(`a foreign page gets nothing out of a session of engine ${eio} it knows the id of, and cannot end it`, async (t) => {
    const app = await pluginApp(t, { cors: { origin: 'http://friend.test' } })
    const { url, sid, socket, poll } = await connectEngine(app, dialect)
    const got: unknown[] = []
    socket.on('data', (data) => got.push(data))
    socket.write('secret')
    for (const headers of [{ origin: FOREIGN }, { referer: `${FOREIGN}/` }, { 'sec-fetch-site': 'cross-site' }] as Record<string, string>[]) {
      for (const [method, path] of [
        ['GET', url], ['POST', url], ['OPTIONS', url], ['GET', `${url}&j=0`], ['POST', `${url}&j=0`], ['GET', urlOf(eio, 'websocket', `&sid=${sid}`)],
        ['OPTIONS', urlOf(eio, 'websocket')], ['DELETE', url], ['GET', urlOf(eio, 'abc')], ['GET', `/socket.io/?sid=${sid}`]
      ] as const) {
        const payload = method === 'POST' ? { payload: dialect.body('4intruder', '1') } : {}
        const response = await inject(app, path, headers, { method, ...payload })
        t.strictSame([response.statusCode, response.body, response.headers['access-control-allow-origin']], [403, FORBIDDEN, undefined], `${method} ${path}`)
      }
      for (const query of ['', `&sid=${sid}`]) {
        const refused = await requestUpgrade(app, urlOf(eio, 'websocket', query), headers)
        t.strictSame([refused.status, refused.body], [403, FORBIDDEN])
      }
    }
    t.same(got, [])
    t.strictSame(await poll(), ['4secret'])
  })
}

/** Each form of cors.origin: what it lets in beside the own origin, and what not. */
const policies: [string, CorsOptions['origin'], string[], string[]][] = [
  ['true', true, [FOREIGN, 'null'], []],
  ['*', '*', [FOREIGN, 'null'], []],
  ['false', false, [], [FOREIGN]],
  ['a string', FOREIGN, [FOREIGN], ['http://elsewhere.test.evil', 'https://elsewhere.test', 'null']],
  ['the string null', 'null', ['null'], [FOREIGN]],
  ['a regular expression', /^https?:\/\/(?:\w+\.)?elsewhere\.test$/, [FOREIGN, 'https://www.elsewhere.test'], ['http://evil-elsewhere.test']],
  ['a global regular expression', /elsewhere\.test$/g, [FOREIGN, FOREIGN, FOREIGN], ['http://x.test']],
  ['a sticky regular expression', /http:\/\/elsewhere\.test$/y, [FOREIGN, FOREIGN], ['http://x.test']],
  ['a list', ['http://a.test', /b\.test$/], ['http://a.test', 'http://b.test'], [FOREIGN]],
  ['an empty list', [], [], [FOREIGN]],
  ['a function with a callback', (origin, done) => { done(null, origin === FOREIGN) }, [FOREIGN], ['http://x.test']],
  ['a function that answers later with a list', (_origin, done) => { setImmediate(done, null, ['http://a.test', FOREIGN]) }, [FOREIGN], ['http://x.test']],
  ['a function that answers nothing', (_origin: string, done: (error: Error | null) => void) => { done(null) }, [], [FOREIGN]],
  ['an async function', async (origin: string) => origin === FOREIGN, [FOREIGN], ['http://x.test']],
  ['an async function that gives an expression', async () => /elsewhere\.test$/, [FOREIGN], ['http://x.test']],
  ['a function that fails by its callback', (_origin: string, done: (error: Error) => void) => { done(new Error('x')) }, [], [FOREIGN]],
  ['an async function that fails', async () => { throw new Error('x') }, [], [FOREIGN]],
  ['a function that throws', () => { throw new Error('x') }, [], [FOREIGN]]
]

for (const [name, origin, allowed, refused] of policies) {
  t.test(`cors.origin as ${name} lets in whom it names`, async (t) => {
    const app = await pluginApp(t, { cors: { ...(origin !== undefined && { origin }) } })
    for (const one of allowed) {
      const response = await inject(app, '/socket.io/1/', { origin: one })
      t.equal(response.statusCode, 200, one)
      t.same(corsOf(response.headers), origin === '*' ? ['*', undefined, undefined] : [one, 'true', 'Origin'])
      for (const url of UPGRADES) t.equal((await requestUpgrade(app, url, { origin: one })).status, 101, url)
    }
    for (const one of refused) {
      const response = await inject(app, '/socket.io/1/', { origin: one })
      t.equal(response.statusCode, 403, one)
      t.equal(response.body, 'handshake bad origin')
      t.same(corsOf(response.headers).slice(0, 2), [undefined, undefined])
      for (const url of UPGRADES) t.equal((await requestUpgrade(app, url, { origin: one })).status, 403, url)
    }
    t.equal((await inject(app, '/socket.io/1/', { origin: 'http://localhost' })).statusCode, 200, 'the own origin')
    t.equal((await inject(app, '/socket.io/1/')).statusCode, 200, 'no browser')
  })
}

t.test('a failing cors.origin is logged with its error', async (t) => {
  const { lines, logger } = captureLog('warn')
  const app = await pluginApp(t, { cors: { origin: async () => { throw new Error('the list is gone') } } }, { logger })
  await inject(app, '/socket.io/1/', { origin: FOREIGN })
  t.match(lines[0], { reason: 'origin refused', detail: 'cors.origin failed', origin: FOREIGN, err: { message: 'the list is gone' } })
})

t.test('behind a proxy the own origin is what trustProxy says it is', async (t) => {
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'chat.example', origin: 'https://chat.example' }
  const trusting = await pluginApp(t, {}, { trustProxy: true })
  t.equal((await inject(trusting, '/socket.io/1/', headers)).statusCode, 200)
  t.equal((await inject(trusting, '/socket.io/1/', { ...headers, origin: 'http://chat.example' })).statusCode, 403)
  const wary = await pluginApp(t)
  t.equal((await inject(wary, '/socket.io/1/', headers)).statusCode, 403)
})

t.test('a hook that knows the names of the server keeps a rebound name out, upgrades included (docs/security.md)', async (t) => {
  const app = await pluginApp(t)
  app.addHook('onRequest', async (request, reply) => {
    if (!request.host.startsWith('127.0.0.1:')) return await reply.code(421).send('wrong host')
  })
  const port = await portOf(app)
  const rebound = { host: `evil.test:${port}`, origin: `http://evil.test:${port}` }
  const own = { host: `127.0.0.1:${port}`, origin: `http://127.0.0.1:${port}` }
  for (const url of UPGRADES) t.strictSame([(await requestUpgrade(app, url, rebound)).status, (await requestUpgrade(app, url, own)).status], [421, 101], url)
  for (const [url] of HANDSHAKES) t.strictSame([(await inject(app, url, rebound)).statusCode, (await inject(app, url, own)).statusCode], [421, 200], url)
})

t.test('a WebSocket of the own origin opens', async (t) => {
  const app = await pluginApp(t)
  const port = await portOf(app)
  const client = await openWebSocket(`ws://127.0.0.1:${port}/socket.io/1/websocket/${await handshake(app)}`, { origin: `http://127.0.0.1:${port}` })
  t.equal(await client.next(), '1::')
})

const PROXIED = 'http://proxied.test'
/** Headers of a handshake, and whether an upgrade with the Origin {@link PROXIED} is accepted for its session, where Host is another. */
const OPENED_BY: readonly (readonly [string, Record<string, string>, boolean])[] = [
  ['the own page, by Sec-Fetch-Site and Referer', { 'sec-fetch-site': 'same-origin', referer: `${PROXIED}/page` }, true],
  ['the own page, by Sec-Fetch-Site and Origin', { 'sec-fetch-site': 'same-origin', origin: PROXIED }, true],
  ['the own page with another Referer', { 'sec-fetch-site': 'same-origin', referer: 'http://localhost/page' }, false],
  ['the own page with another Origin, whatever its Referer', { 'sec-fetch-site': 'same-origin', origin: 'http://localhost', referer: `${PROXIED}/page` }, false],
  ['the own page that sends no Referer', { 'sec-fetch-site': 'same-origin' }, false],
  ['the own page, in a browser without Sec-Fetch-Site', { referer: 'http://localhost/page' }, false],
  ['a program', {}, false]
]

for (const [who, headers, accepted] of OPENED_BY) {
  t.test(`an upgrade of another Origin is ${accepted ? 'accepted' : 'refused'} for a session that was opened by ${who}`, async (t) => {
    const app = await pluginApp(t)
    const old = (await inject(app, '/socket.io/1/', headers)).body.replace(/:.*/, '')
    const urls = [`/socket.io/1/websocket/${old}`]
    for (const { eio, packets } of DIALECTS) {
      const { rawPayload } = await inject(app, urlOf(eio, 'polling'), headers)
      urls.push(urlOf(eio, 'websocket', `&sid=${readOpen(packets(rawPayload)[0]).sid}`))
    }
    t.equal(app.socketio.sessions.size, 3)
    for (const url of urls) {
      for (const origin of ['http://evil.test', 'null', 'http://proxied.test.evil', 'https://proxied.test']) t.equal((await requestUpgrade(app, url, { origin })).status, 403, `${origin} ${url}`)
      for (const site of ['same-site', 'cross-site']) t.equal((await requestUpgrade(app, url, { origin: FOREIGN, 'sec-fetch-site': site })).status, 403, site)
      t.equal((await inject(app, url.replace('websocket', 'polling'), { origin: PROXIED })).statusCode, 403, 'only an upgrade has no Sec-Fetch-Site')
      t.equal((await requestUpgrade(app, url, { origin: PROXIED })).status, accepted ? 101 : 403, url)
    }
    for (const url of UPGRADES) t.equal((await requestUpgrade(app, url, { origin: PROXIED })).status, 403, `without a session: ${url}`)
  })
}

t.test('the log names the origin to allow, unless it is none', async (t) => {
  const { lines, logger } = captureLog('warn')
  const app = await pluginApp(t, {}, { logger })
  for (const origin of [FOREIGN, 'null', 'http://', `http://${'x'.repeat(5000)}`]) await inject(app, '/socket.io/1/', { origin })
  const [named, hidden, empty, long] = lines.map(({ detail }) => String(detail))
  t.match(named, /set cors\.origin: \['http:\/\/elsewhere\.test'\]$/)
  t.match([hidden, empty], [/set cors\.origin: \['null'\]; any page can hide its origin$/, /set cors\.origin$/])
  t.ok(String(long).length < 350, 'it stays short')
})
