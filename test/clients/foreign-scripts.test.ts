// Pages on plain http, in Chromium: what one of another origin reads of a session by JSONP, with its visitor's cookies. To a host that is not
// trustworthy (neither https nor localhost) Chromium sends no Sec-Fetch-Site, and a page can hold back its Referer.
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import socketioTransports from '../../src/index.js'
import { launchChromium, skip } from '../kit/machine/chromium.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { listen } from './scenario-app.js'

const SECRET = 'the secret of the visitor'

/** Loads scripts as the old clients do, and finds what they bring. */
const PAGE = `<!doctype html>
<meta charset="utf-8">
<link rel="icon" href="data:,">
<script>
let bring
window.___eio = [(text) => bring(text)]
window.io = { j: [(text) => bring(text)] }
const load = (url) => new Promise((resolve) => {
  const script = document.createElement('script')
  bring = resolve
  script.onerror = () => resolve('nothing')
  script.src = url
  document.head.append(script)
})
async function read (handshake, poll) {
  let text = String(await load(handshake))
  const sid = (/"sid":"([^"]*)"|^([^:]*):/.exec(text) || []).slice(1).join('') || 'none'
  for (let i = 0; i < 3 && text.indexOf('secret') < 0; i++) text += ' ' + await load(poll + sid + (poll.includes('?') ? '&' : '?i=0&') + 't=' + i)
  return text
}
const ways = {
  revision1: (origin) => read(origin + '/socket.io/1/?jsonp=0', origin + '/socket.io/1/jsonp-polling/'),
  engine3: (origin) => read(origin + '/socket.io/?EIO=3&transport=polling&j=0', origin + '/socket.io/?EIO=3&transport=polling&j=0&sid=')
}
</script>`

/** @param seen what the headers of requests say of where they come from */
async function serveApp (options: SocketioTransportsOptions = {}, seen: unknown[] = []): Promise<FastifyInstance> {
  const app = Fastify({ forceCloseConnections: true }) as FastifyInstance
  app.addHook('onRequest', async ({ url, headers: { origin, referer, cookie, 'sec-fetch-site': site } }) => {
    if (url.startsWith('/socket.io/')) seen.push({ origin, referer, site, cookie })
  })
  await app.register(socketioTransports, { authorize: (request) => request.headers.cookie === 'user=ada', ...options })
  app.socketio.on('connection', (socket) => {
    if (socket.dialect === 'revision 1') socket.send({ type: 'message', data: SECRET })
    else socket.write(SECRET)
  })
  app.get('/page', (_request, reply) => reply.type('text/html').header('set-cookie', 'user=ada').send(PAGE))
  return app
}

t.test('pages on plain http that load scripts of a session', { skip }, async (t) => {
  const browser = await launchChromium('--host-resolver-rules=MAP app.test 127.0.0.1')
  t.teardown(() => browser.close())
  const elsewhere = Fastify({ forceCloseConnections: true })
  elsewhere.get('/page', (_request, reply) => reply.type('text/html').header('referrer-policy', 'no-referrer').send(PAGE))
  const named = (origin: string): string => origin.replace('127.0.0.1', 'app.test')
  const foreign = named(await listen(elsewhere))
  t.teardown(() => elsewhere.close())

  /** What a page reads of a server. */
  async function read (app: FastifyInstance, way: string, from?: string): Promise<string> {
    const own = named(await listen(app))
    const context = await browser.newContext()
    const page = await context.newPage()
    await page.goto(`${own}/page`) // the visitor is logged in
    await page.goto(`${from ?? own}/page`)
    const text = String(await page.evaluate(`ways.${way}(${JSON.stringify(own)})`))
    await context.close()
    await app.close()
    return text
  }

  for (const way of ['revision1', 'engine3']) {
    t.test(`${way}: a page of another origin that sends no Referer reads nothing`, async (t) => {
      const seen: unknown[] = []
      const app = await serveApp({}, seen)
      t.equal(await read(app, way, foreign), `${way === 'revision1' ? 'Error: handshake bad origin' : 'nothing'} nothing nothing nothing`)
      t.strictSame(app.socketio.metrics.refused, { 'origin refused': 4 })
      t.strictSame(seen[0], { origin: undefined, referer: undefined, site: undefined, cookie: 'user=ada' }, 'no header tells')
    })

    t.test(`${way}: the own page reads its session`, async (t) => {
      t.match(await read(await serveApp(), way), new RegExp(SECRET))
    })

    t.test(`${way}: where every origin may come in, so may scripts that nobody vouches for`, async (t) => {
      t.match(await read(await serveApp({ cors: { origin: true } }), way, foreign), new RegExp(SECRET))
    })
  }
})
