// Who may use the inspector.
import fastifyHelmet from '@fastify/helmet'
import Fastify from 'fastify'
import type { RouteOptions } from 'fastify'
import t from 'tap'
import inspector from '../../src/inspector.js'
import { pluginApp } from '../kit/servers/app.js'
import { get, inspectedApp, OWN, post } from './looking.js'

t.test('is not registered without an authorization, and says what to write', async (t) => {
  const app = await pluginApp(t)
  await t.rejects(Promise.resolve(app.register(inspector, { prefix: '/inspector' })), { code: 'FST_SIO_UNGUARDED_INSPECTOR', message: /authorize: \(request\) => .+onRequest: app\.basicAuth.+allowAnyone: true/ })
})

t.test('allowAnyone: false is no authorization', async (t) => {
  const app = await pluginApp(t)
  await t.rejects(Promise.resolve(app.register(inspector, { prefix: '/inspector', allowAnyone: false })), { code: 'FST_SIO_UNGUARDED_INSPECTOR' })
})

t.test('is not registered before the plugin', async (t) => {
  const app = Fastify()
  await t.rejects(Promise.resolve(app.register(inspector, { allowAnyone: true })), { code: 'FST_SIO_NOT_REGISTERED', message: /before it/ })
})

t.test('refuses wrong options', async (t) => {
  const wrong: object[] = [
    { authorise: () => true }, { authorize: true }, { onRequest: [] }, { preHandler: ['a'] }, { allowAnyone: 'yes' }, { allowAnyone: true, userOf: 'name' },
    { allowAnyone: true, cluster: {} }, { allowAnyone: true, engine: {} }, { allowAnyone: true, readOnly: 1 }
  ]
  for (const options of wrong) {
    const app = await pluginApp(t)
    await t.rejects(Promise.resolve(app.register(inspector, { prefix: '/inspector', ...options })), { code: 'FST_SIO_BAD_OPTION' }, JSON.stringify(options))
  }
})

t.test('each route asks authorize, and only true lets in', async (t) => {
  const routes: Array<Pick<RouteOptions, 'method' | 'url'>> = []
  let answer: unknown
  const app = await pluginApp(t)
  app.addHook('onRoute', ({ method, url }) => { if (url.startsWith('/inspector')) routes.push({ method, url }) })
  await app.register(inspector, { prefix: '/inspector', authorize: () => answer as boolean })
  await app.ready()
  t.ok(routes.length > 15, `${routes.length} routes`)
  for (const refused of [false, undefined, 'yes', 1, {}]) {
    answer = refused
    for (const { method, url } of routes) {
      const { statusCode, body } = await app.inject({ method: [method].flat()[0] as 'GET', url: url.replace(':handle', 'x'), headers: OWN })
      t.equal(statusCode, 403, `${String(method)} ${url}: ${JSON.stringify(refused)}`)
      t.notMatch(body, /<html|sessions/)
    }
  }
  answer = true
  t.equal((await get(app, '')).statusCode, 200)
  t.equal((await get(app, 'data/overview')).statusCode, 200)
})

t.test('hooks of the application decide, and answer as they do elsewhere', async (t) => {
  const refuse = async () => { throw Object.assign(new Error('who are you?'), { statusCode: 401 }) }
  for (const options of [{ onRequest: refuse }, { onRequest: [refuse] }, { preHandler: refuse }]) {
    const app = await inspectedApp(t, { inspector: options })
    for (const path of ['', 'page.js', 'data/overview', 'data/sessions']) t.equal((await get(app, path)).statusCode, 401, path)
    t.equal((await post(app, 'data/drain?seconds=1')).statusCode, 401)
    t.equal(app.socketio.draining, false)
  }
})

t.test('a page of another origin pushes no button, and reads nothing', async (t) => {
  const app = await inspectedApp(t)
  const foreign = [
    { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }, { origin: 'http://evil.example' }, { origin: 'null' }, { origin: 'http://localhost:81' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:80' }
  ]
  for (const headers of foreign) {
    const { statusCode, json } = await post(app, 'data/drain?seconds=1', headers)
    t.equal(statusCode, 403, JSON.stringify(headers))
    t.equal(json<{ code: string }>().code, 'FST_SIO_INSPECTOR_REFUSED')
    t.equal((await get(app, 'data/overview', headers)).statusCode, 403)
  }
  for (const headers of [{}, { 'sec-fetch-site': 'none' }]) t.equal((await post(app, 'data/drain?seconds=1', headers)).statusCode, 403, 'no word of the page')
  t.equal(app.socketio.draining, false)
  t.equal((await get(app, '', { 'sec-fetch-site': 'cross-site' })).statusCode, 200, 'a link leads to the page')
  t.equal((await get(app, 'data/overview', {})).statusCode, 200, 'a program reads')
  t.equal((await post(app, 'data/drain?seconds=0', { host: 'localhost:80', origin: 'http://localhost' })).statusCode, 403, 'the port belongs to the origin')
  t.equal((await post(app, 'data/drain?seconds=0', { host: 'admin.example', origin: 'http://admin.example' })).statusCode, 200, 'an unencrypted page says its origin')
  t.equal(app.socketio.draining, true)
})

t.test('readOnly serves no buttons', async (t) => {
  const app = await inspectedApp(t, { inspector: { allowAnyone: true, readOnly: true } })
  t.equal((await post(app, 'data/drain?seconds=0')).statusCode, 404)
  t.equal((await post(app, 'data/sessions/x/end')).statusCode, 404)
  t.equal((await get(app, 'data/overview')).json<{ readOnly: boolean }>().readOnly, true)
})

t.test('every answer has a strict policy, also beside a laxer one of @fastify/helmet', async (t) => {
  const app = await pluginApp(t)
  await app.register(fastifyHelmet, { contentSecurityPolicy: { directives: { scriptSrc: ["'self'", "'unsafe-inline'"] } } })
  let isAllowed = true
  await app.register(inspector, { prefix: '/inspector', authorize: () => isAllowed })
  for (const allowed of [true, false]) {
    isAllowed = allowed
    for (const path of ['', 'page.js', 'page.css', 'data/overview']) {
      const { headers } = await get(app, path)
      t.match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'self'; style-src 'self';.+frame-ancestors 'none'/)
      t.notMatch(String(headers['content-security-policy']), /unsafe|https?:|data:|\*/)
      t.match(headers, { 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    }
  }
})

t.test('the page loads nothing from elsewhere, and has no inline script or style', async (t) => {
  const app = await inspectedApp(t)
  const { body, headers } = await get(app, '')
  t.equal(headers['content-type'], 'text/html; charset=utf-8')
  t.notMatch(body, /<style|style=|\son\w+=|https?:|<script(?![^>]* src=)/)
  for (const [, file = ''] of body.matchAll(/(?:src|href)="([^"]+)"/g)) t.equal((await get(app, file)).statusCode, 200, file)
})

t.test('its address gets a slash, and hosts of all kinds serve it', async (t) => {
  const app = await inspectedApp(t)
  const { statusCode, headers } = await app.inject('/inspector')
  t.equal(statusCode, 302)
  t.equal(headers.location, 'inspector/', 'relative: a proxy may serve it below another path')

  const other = await inspectedApp(t, { server: { routerOptions: { ignoreTrailingSlash: true } } })
  t.equal((await other.inject('/inspector')).statusCode, 302)
  t.equal((await other.inject('/inspector/')).statusCode, 200)

  const xml = await pluginApp(t)
  xml.setReplySerializer(() => '<xml/>')
  await xml.register(inspector, { prefix: '/inspector', allowAnyone: true })
  t.match((await get(xml, 'data/overview')).json(), { draining: false })
})
