// Sticky sessions by the session id, as docs/proxies.md has them for nginx and HAProxy: two processes' worth of sessions, no option `cluster`, and real clients of
// every generation.
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { answerScenario } from '../clients/scenario-answers.js'
import { portOf, pluginApp } from '../kit/servers/app.js'
import { until } from '../kit/waiting.js'
import { everyClient } from './clients.js'
import { PROXIES } from './proxies.js'
import type { Proxy, Stickiness } from './proxies.js'
import { fetchPage, open } from './tls-requests.js'

/** The processes 'a' and 'b', as examples/production.js has them. */
async function twoNodes (t: Test, proxy: Proxy, by: Stickiness = 'id'): Promise<{ url: string, apps: readonly [a: FastifyInstance, b: FastifyInstance] }> {
  const start = async (name: string): Promise<FastifyInstance> => {
    const app = await pluginApp(t, { io: {}, generateId: () => `${name}-${randomBytes(15).toString('base64url')}` }, { trustProxy: '127.0.0.1' })
    answerScenario(app.io)
    app.get('/ready', (_request, reply) => reply.code(app.socketio.draining ? 503 : 200).send())
    return app
  }
  const apps = [await start('a'), await start('b')] as const
  return { apps, url: `https://127.0.0.1:${await proxy.start(t, [await portOf(apps[0]), await portOf(apps[1])], [], by)}` }
}

const ENGINE_4 = '/socket.io/?EIO=4&transport=polling'

/** Opens sessions until one is of a process. @returns its id */
async function sessionOf (url: string, name: string): Promise<string> {
  for (;;) {
    const { status, body } = await fetchPage(url + ENGINE_4)
    if (status !== 200) throw new Error(`refused: ${status} ${body}`)
    const { sid } = JSON.parse(body.slice(1)) as { sid: string }
    if (sid.startsWith(`${name}-`)) return sid
  }
}

function suite (t: Test, proxy: Proxy): void {
  t.test('real clients of every generation', async (t) => {
    const { url, apps } = await twoNodes(t, proxy)
    await everyClient(t, url)
    t.ok(apps.every((app) => app.socketio.metrics.opened > 0), 'both processes had sessions')
    t.strictSame(apps.map((app) => app.socketio.metrics.refused), [{}, {}], 'no request has reached the wrong process')
  })

  t.test('a process that drains keeps its sessions, and gets no new ones', async (t) => {
    const { url, apps: [a, b] } = await twoNodes(t, proxy)
    const sid = await sessionOf(url, 'a')
    const poll = fetchPage(`${url}${ENGINE_4}&sid=${sid}`)
    await until(() => a.socketio.sessions.get(sid)?.transport.writable === true)
    const drained = a.socketio.drain(3000)
    t.match(await poll, { status: 200, body: '1' }, 'the poll of its session is answered by it')
    // As long as a health check may take to see it, and longer.
    for (let i = 0; i < 30; i++) {
      t.match(await fetchPage(url + ENGINE_4), { status: 200, body: /^0{"sid":"b-/ })
      t.match(await fetchPage(`${url}/socket.io/1/`), { status: 200, body: /^b-/ })
      await sleep(50)
    }
    t.ok(b.socketio.metrics.opened >= 60)
    await drained
  })

  t.test('the sessions of a process that is gone are refused by another one, in the words of each protocol', async (t) => {
    const { url, apps: [a] } = await twoNodes(t, proxy)
    const sid = await sessionOf(url, 'a')
    await a.close()
    t.match(await fetchPage(`${url}${ENGINE_4}&sid=${sid}`), { status: 400, body: '{"code":1,"message":"Session ID unknown"}' })
    t.match(await fetchPage(`${url}${ENGINE_4}&sid=${sid}`, { method: 'POST', body: '40' }), { status: 400, body: '{"code":1,"message":"Session ID unknown"}' })
    t.match(await fetchPage(`${url}/socket.io/1/xhr-polling/a-1234`), { status: 200, body: '7:::1+0' })
    const [body] = await once(await open(`${url}/socket.io/1/htmlfile/a-1234`), 'data')
    t.match(String(body), '7:::1+0')
    t.match(await fetchPage(url + ENGINE_4), { status: 200 }, 'and handshakes are accepted')
  })

  t.test('by the address: all requests of an address reach one process, and both have some', async (t) => {
    const { url, apps } = await twoNodes(t, proxy, 'address')
    for (let i = 1; i <= 20; i++) {
      const from = `127.0.${i}.1`
      const names = []
      for (let each = 0; each < 3; each++) names.push((await fetchPage(`${url}/socket.io/1/`, { from })).body.slice(0, 2))
      t.equal(new Set(names).size, 1, `${from}: ${names.join(' ')}`)
    }
    t.ok(apps.every((app) => app.socketio.metrics.opened > 0))
  })
}

for (const proxy of PROXIES) t.test(proxy.name, { skip: proxy.skip }, async (t) => suite(t, proxy))
