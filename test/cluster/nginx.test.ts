// The recipe of docs/operations.md for sticky sessions by the session id, as it stands on the page, with a real nginx: two processes' worth of sessions, no option
// `cluster`, and real clients of every generation.
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { ofScenario, startInNode } from '../clients/in-node.js'
import { createScenario } from '../clients/old-scenario.js'
import { buildApp, listen } from '../clients/scenario-app.js'
import { skip, startNginx } from '../kit/machine/nginx.js'
import { client09 } from '../kit/official-clients.js'
import type { Teardown } from '../kit/teardown.js'

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8')
const fences = [...page.matchAll(/```nginx\n([^]*?)```/g)].map(([, text = '']) => text)
const found = (text: string): string => {
  const fence = fences.find((one) => one.includes(text))
  if (fence === undefined) throw new Error(`docs/operations.md has no configuration of nginx with ${text}`)
  return fence
}

/** Replaces what stands once or more in a configuration. @throws when it is not there */
function replaced (text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`the configuration has no ${from}`)
    return all.replaceAll(from, to)
  }, text)
}

/** The configuration of the page. */
function configuration (port: number, ports: readonly number[]): string {
  const server = replaced(found('listen 443 ssl'), [
    ['listen 443 ssl', `listen 127.0.0.1:${port}`], ['proxy_pass http://127.0.0.1:3000;', found('proxy_next_upstream')]
  ])
  const upstreams = replaced(found('upstream any'), [['127.0.0.1:3001', `127.0.0.1:${ports[0]}`], ['127.0.0.1:3002', `127.0.0.1:${ports[1]}`]])
  return upstreams + server
}

async function twoNodes (t: Teardown): Promise<{ url: string, apps: FastifyInstance[] }> {
  const apps = await Promise.all(['a', 'b'].map((name) => buildApp({ generateId: () => `${name}-${randomBytes(15).toString('base64url')}` })))
  for (const app of apps) t.teardown(() => app.close())
  const ports = await Promise.all(apps.map(async (app) => Number(new URL(await listen(app)).port)))
  const port = await startNginx(t, (own) => configuration(own, ports))
  return { url: `http://127.0.0.1:${port}`, apps }
}

t.test('sticky sessions by the session id, as on the page', { skip }, async (t) => {
  const { url, apps } = await twoNodes(t)
  const starts = [
    ...[1, 2, 3, 4].flatMap((generation) => [['polling'], ['polling', 'websocket'], ['websocket']].map((transports) => ({
      name: `${generation}.x over ${transports.join(', then ')}`, transport: transports.at(-1), start: () => startInNode(generation as 1 | 2 | 3 | 4, { url, transports })
    }))),
    ...['xhr-polling', 'websocket'].map((transport) => ({ name: `0.9 over ${transport}`, transport, start: async () => ofScenario(createScenario(client09, { url, transport })) }))
  ]
  for (const { name, transport, start } of starts) {
    await t.test(name, async (t) => {
      const { run, close } = await start()
      t.teardown(close)
      t.equal((await run('connect') as { here: string }).here, transport)
      const { echoes } = await run('messages', ['hello', 'ünï']) as { echoes: string[] }
      t.strictSame(echoes, ['hello', 'ünï'])
      await run('close')
    })
  }
  t.ok(apps.every((app) => app.socketio.metrics.opened > 0), 'both processes had sessions')
  t.strictSame(apps.map((app) => app.socketio.metrics.refused), [{}, {}], 'no request has reached the wrong process')
})
