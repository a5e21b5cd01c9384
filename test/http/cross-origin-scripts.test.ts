// Cross-Origin-Resource-Policy: a script that `cors.origin` allows a page of another origin to load says so, also where @fastify/helmet forbids it for the whole app.
import helmet from '@fastify/helmet'
import t from 'tap'
import socketioTransports from '../../src/index.js'
import { newApp } from '../kit/servers/app.js'
import { urlOf } from '../kit/engine-io/inject.js'

const allowed = 'https://page.test'
const OWN = { referer: 'http://localhost/page' }
const FOREIGN = { referer: `${allowed}/page` }
const OTHER = { referer: 'https://other.test/page' }
const HIDDEN = { 'sec-fetch-site': 'cross-site' }
const HANDSHAKES = ['/socket.io/1/?jsonp=0', urlOf(3, 'polling', '&j=0'), urlOf(4, 'polling', '&j=0')]
/** Polls of sessions that are unknown; a script where the dialect answers by one. */
const POLL = '/socket.io/1/jsonp-polling/unknown?i=0'

for (const place of ['nowhere', 'before the plugin', 'after the plugin']) {
  t.test(`scripts, with @fastify/helmet ${place}`, async (t) => {
    const app = newApp(t)
    if (place === 'before the plugin') await app.register(helmet)
    await app.register(socketioTransports, { cors: { origin: allowed } })
    if (place === 'after the plugin') await app.register(helmet)
    const policyOf = async (url: string, headers: Record<string, string>) => (await app.inject({ url, headers })).headers['cross-origin-resource-policy']
    const isTheirs = (policy: unknown) => policy === undefined || policy === 'same-origin' // a hook of the app does not run after a refusal

    for (const url of [...HANDSHAKES, POLL]) {
      t.equal(await policyOf(url, FOREIGN), 'cross-origin', `${url} for an allowed page`)
      t.equal(await policyOf(url, { origin: allowed }), 'cross-origin', `${url} for an allowed page, by its Origin`)
      for (const [headers, page] of [[OWN, 'the own page'], [OTHER, 'another page'], [HIDDEN, 'a page that hides itself'], [{}, 'a page without a name']] as const) {
        t.ok(isTheirs(await policyOf(url, headers)), `${url} for ${page}`)
      }
    }
    for (const url of ['/socket.io/1/', '/socket.io/1/xhr-polling/unknown', urlOf(4, 'polling'), urlOf(4, 'polling', '&j=0&sid=unknown')]) {
      t.ok(isTheirs(await policyOf(url, FOREIGN)), `${url} is no script`)
    }
  })
}

t.test('the answer to a refused handshake is a script as any other', async (t) => {
  const app = newApp(t)
  await app.register(helmet)
  await app.register(socketioTransports, { cors: { origin: allowed }, authorize: () => false })
  const { body, headers } = await app.inject({ url: '/socket.io/1/?jsonp=0', headers: FOREIGN })
  t.equal(body, 'io.j[0](new Error("handshake unauthorized"));')
  t.equal(headers['cross-origin-resource-policy'], 'cross-origin')
})

t.test('where every origin is allowed, a page may hide itself', async (t) => {
  const app = newApp(t)
  await app.register(helmet)
  await app.register(socketioTransports, { cors: { origin: true } })
  for (const headers of [HIDDEN, {}]) {
    t.equal((await app.inject({ url: '/socket.io/1/?jsonp=0', headers })).headers['cross-origin-resource-policy'], 'cross-origin')
  }
})
