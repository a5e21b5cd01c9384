// The Deployment of docs/restarts.md: its probes, and what the page says that happens when a pod ends, with the application of docs/proxies.md. Wants a build.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { connect } from 'node:net'
import t from 'tap'
import { parse } from 'yaml'
import { readOptions } from '../../src/options.js'
import { freePort } from '../kit/machine/free-port.js'
import { connectOfficial, hear } from '../kit/official-clients.js'
import { until } from '../kit/waiting.js'
import { fence } from './fences.js'
import { startProduction } from './production.js'

interface Probe { httpGet: { path: string, port: number }, periodSeconds: number, failureThreshold: number }
interface Pod {
  terminationGracePeriodSeconds: number
  containers: [{
    env: { name: string, value: string }[]
    ports: [{ containerPort: number }]
    readinessProbe: Probe
    livenessProbe: Probe
    lifecycle: { preStop: { exec: { command: [string, string] } } }
  }]
}

const { spec: { template: { spec: pod } } } = parse(fence('restarts.md', 'yaml', 'preStop')) as { spec: { template: { spec: Pod } } }
const [{ env: variables, ports, readinessProbe, livenessProbe, lifecycle }] = pod.containers
const env = Object.fromEntries(variables.map(({ name, value }) => [name, value]))
const [command, seconds] = lifecycle.preStop.exec.command

t.test('the times fit together', async (t) => {
  const { farewellTimeout } = readOptions({})
  const longest = Number(seconds) + (Number(env['DRAIN_MS']) + 2 * farewellTimeout) / 1000
  t.ok(pod.terminationGracePeriodSeconds > longest + 5, `${pod.terminationGracePeriodSeconds} s against ${longest} s`)
  t.ok(Number(seconds) > readinessProbe.periodSeconds * readinessProbe.failureThreshold, 'preStop lasts longer than a probe takes to notice')
  for (const { httpGet: { port } } of [readinessProbe, livenessProbe]) t.equal(port, ports[0].containerPort)
})

/** A tenth of the times of the page. */
const SHORT = { preStop: Number(seconds) / 10, drain: Number(env['DRAIN_MS']) / 10 }
const GENERATIONS = [0.9, 1, 2, 3, 4] as const

t.test('a pod ends as the page says', async (t) => {
  const port = await freePort()
  const server = await startProduction(t, port, { ...env, DRAIN_MS: String(SHORT.drain) })
  const url = `http://127.0.0.1:${port}`
  const status = async (path: string): Promise<number> => (await fetch(url + path)).status
  const handshake = (): Promise<number> => status('/socket.io/?EIO=4&transport=polling')
  const probes = async (): Promise<number[]> => [await status(readinessProbe.httpGet.path), await status(livenessProbe.httpGet.path)]

  t.strictSame(await probes(), [200, 200])
  const left: number[] = []
  const clients = await Promise.all(GENERATIONS.flatMap((generation) => ['websocket', 'polling'].map(async (transport) => {
    const client = connectOfficial(generation, url, [transport])
    t.teardown(() => client.disconnect())
    await hear(client, 'connect')()
    client.on('disconnect', () => left.push(performance.now()))
    return client
  })))

  await promisify(execFile)(command, [String(SHORT.preStop)])
  t.strictSame([...await probes(), await handshake()], [200, 200, 200], 'during preStop the pod works as before')
  t.equal(left.length, 0)

  const began = performance.now()
  server.signal('SIGTERM')
  while (await status(readinessProbe.httpGet.path) !== 503);
  t.strictSame([...await probes(), await handshake()], [503, 200, 503], 'it is alive, not ready, and refuses handshakes')
  await until(() => left.length === clients.length)
  t.ok(Math.max(...left) - Math.min(...left) > SHORT.drain / 10, 'the sessions leave one by one')
  t.equal(await server.ended, 0)
  t.comment(`the last session has left after ${Math.round(Math.max(...left) - began)} ms of ${SHORT.drain} ms, the process after ${Math.round(performance.now() - began)} ms`)
  await t.rejects(new Promise((resolve, reject) => { connect(port, '127.0.0.1', () => resolve('connected')).on('error', reject) }), { code: 'ECONNREFUSED' })
})
