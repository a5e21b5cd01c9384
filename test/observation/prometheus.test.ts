// The metrics for Prometheus: with the real prom-client and the real fastify-metrics, in its text format and in OpenMetrics; the board and the alerts of docs.
import { readFile } from 'node:fs/promises'
import metricsPlugin from 'fastify-metrics'
import { Registry } from 'prom-client'
import t from 'tap'
import { prometheusMetrics } from '../../src/prometheus.js'
import { FAMILIES } from '../../src/prometheus/families.js'
import type { PrometheusOptions } from '../../types/prometheus.js'
import { connectOfficial, GENERATIONS, hear } from '../kit/official-clients.js'
import { fetchText } from '../kit/request.js'
import { pluginApp, portOf, serverApp } from '../kit/servers/app.js'
import { turn, until } from '../kit/waiting.js'

interface Family { help: string, type: string, samples: { name: string, labels: Record<string, string>, value: number }[] }

const SUFFIXES: Record<string, readonly string[]> = { counter: [''], gauge: [''], histogram: ['_bucket', '_sum', '_count'] }

/** Reads the text format as Prometheus does. @throws for what `promtool check metrics` refuses. */
function parse (text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const families = new Map<string, Family>()
  const seen = new Set<string>()
  let current: [name: string, family: Family] | undefined
  for (const line of text.split('\n')) {
    if (line === '' || line === '# EOF') continue
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line) ?? []
    if (kind === 'HELP') {
      if (families.has(name)) throw new Error(`${name} twice`)
      families.set(name, { help: rest, type: '', samples: [] })
      continue
    }
    if (kind === 'TYPE') {
      const family = families.get(name)
      if (family === undefined) throw new Error(`${name} has no HELP`)
      family.type = rest
      current = [name, family]
      continue
    }
    const [, sample = '', pairs = '', value = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    if (current === undefined || !(SUFFIXES[current[1].type] ?? ['', '_total', '_bucket', '_sum', '_count']).some((suffix) => sample === current?.[0] + suffix || sample === `${current?.[0]}_total${suffix}`)) throw new Error(`no family: ${line}`)
    const labels = Object.fromEntries([...pairs.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [label, text]))
    if (Object.entries(labels).map(([label, text]) => `${label}="${text}"`).join(',') !== pairs) throw new Error(`labels: ${line}`)
    if (!Number.isFinite(Number(value))) throw new Error(`value: ${line}`)
    const key = `${sample}{${Object.entries(labels).sort().join()}}`
    if (seen.has(key)) throw new Error(`twice: ${key}`)
    seen.add(key)
    current[1].samples.push({ name: sample, labels, value: Number(value) })
  }
  return families
}

const valueOf = (families: Map<string, Family>, name: string, labels: Record<string, string> = {}): number | undefined =>
  [...families.values()].flatMap(({ samples }) => samples).find((sample) => sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text))?.value

/** An app with fastify-metrics, as its author writes it. */
async function measured (t: Parameters<typeof serverApp>[0]) {
  const app = await serverApp(t)
  await app.register(metricsPlugin.default, { endpoint: '/metrics', defaultMetrics: { enabled: false, register: new Registry() } })
  prometheusMetrics(app.socketio, { register: app.metrics.client.register })
  const url = `http://127.0.0.1:${await portOf(app)}`
  t.teardown(() => app.metrics.client.register.clear())
  return { app, url, scrape: async () => parse((await fetchText(`${url}/metrics`)).body) }
}

t.test('clients of every generation, scraped over fastify-metrics', async (t) => {
  const { app, url, scrape } = await measured(t)
  const before = await scrape()
  t.equal(valueOf(before, 'socketio_sessions', { dialect: 'engine 4', transport: 'polling' }), 0, 'what there is none of is 0')
  t.equal(valueOf(before, 'socketio_requests_refused_total', { reason: 'unknown session' }), 0)
  const clients = GENERATIONS.map((generation) => connectOfficial(generation, url, ['polling']))
  t.teardown(() => { for (const client of clients) client.disconnect() })
  await Promise.all(clients.map((client) => hear(client, 'connect')()))
  await fetchText(`${url}/socket.io/?EIO=4&transport=polling&sid=nobody`)
  await until(() => app.socketio.metrics.pollsHeld === clients.length)
  const now = await scrape()
  t.equal(valueOf(now, 'socketio_sessions', { dialect: 'revision 1', transport: 'xhr-polling' }), 1)
  t.equal(valueOf(now, 'socketio_sessions', { dialect: 'engine 3', transport: 'polling' }), 2)
  t.equal(valueOf(now, 'socketio_sessions', { dialect: 'engine 4', transport: 'polling' }), 2)
  t.equal(valueOf(now, 'socketio_sessions_opened_total'), clients.length)
  t.equal(valueOf(now, 'socketio_polls_held'), clients.length)
  t.equal(valueOf(now, 'socketio_requests_refused_total', { reason: 'unknown session' }), 1)
  t.equal(valueOf(now, 'socketio_handshake_duration_seconds_count'), clients.length)
  t.equal(valueOf(now, 'socketio_handshake_duration_seconds_bucket', { le: '+Inf' }), clients.length)
  t.ok(Number(valueOf(now, 'socketio_packets_total', { direction: 'out' })) >= clients.length)
  t.ok(Number(valueOf(now, 'socketio_bytes_total', { direction: 'out' })) > 100)
  t.equal(valueOf(now, 'socketio_draining'), 0)
  for (const { name } of FAMILIES) t.ok(now.has(`socketio_${name}`), name)
  t.ok(now.has('http_request_duration_seconds'), 'beside the metrics of fastify-metrics')
  const ours = [...now].filter(([name]) => name.startsWith('socketio_')).flatMap(([, { samples }]) => samples)
  t.ok(ours.length < 150, `${ours.length} series`)
})

t.test('the number of series does not depend on clients', async (t) => {
  const { app, url, scrape } = await measured(t)
  const count = async () => [...await scrape()].filter(([name]) => name.startsWith('socketio_')).flatMap(([, { samples }]) => samples).length
  const before = await count()
  for (let i = 0; i < 20; i++) await fetchText(`${url}/socket.io/?EIO=${i}&transport=t${i}&sid=s${i}`)
  t.ok(Object.keys(app.socketio.metrics.refused).length > 1)
  t.equal(await count(), before)
})

t.test('names follow the rules of Prometheus', async (t) => {
  for (const { name, type, help } of FAMILIES) {
    t.match(name, /^[a-z][a-z_]*$/)
    t.equal(name.endsWith('_total'), type === 'counter', name)
    if (type === 'histogram') t.ok(name.endsWith('_seconds'), name)
    t.match(help, /^[A-Z1].*[^.]$/)
  }
  t.equal(new Set(FAMILIES.map(({ name }) => name)).size, FAMILIES.length)
})

t.test('a registry in the format of OpenMetrics', async (t) => {
  const app = await pluginApp(t)
  const register = new Registry()
  register.setContentType('application/openmetrics-text; version=1.0.0; charset=utf-8' as never)
  prometheusMetrics(app.socketio, { register })
  for (let i = 0; i < 2; i++) {
    const text = await register.metrics()
    t.match(text, /\n# EOF\n$/)
    t.match(text, /# TYPE socketio_sessions_opened counter\nsocketio_sessions_opened_total 0\n/)
    t.match(text, /# TYPE socketio_poll_duration_seconds histogram\nsocketio_poll_duration_seconds_bucket\{le="0.01"\} 0\n/)
    parse(text)
  }
})

t.test('prefix, constant labels, JSON for other processes, and a reset', async (t) => {
  const app = await pluginApp(t)
  const register = new Registry()
  prometheusMetrics(app.socketio, { register, prefix: 'chat_', labels: { path: '/socket.io' } })
  prometheusMetrics(app.socketio, { register, prefix: 'other_' })
  await app.inject('/socket.io/?EIO=4&transport=polling')
  const families = parse(await register.metrics())
  t.equal(valueOf(families, 'chat_sessions_opened_total', { path: '/socket.io' }), 1)
  t.equal(valueOf(families, 'other_sessions_opened_total'), 1)
  const json = await register.getMetricsAsJSON()
  t.match(json.find(({ name }) => name === 'chat_sessions_opened_total'), { type: 'counter', aggregator: 'sum', values: [{ value: 1 }] })
  register.resetMetrics()
  t.equal(valueOf(parse(await register.metrics()), 'other_sessions_opened_total'), 1, 'the counters are those of the plugin')
})

t.test('a scrape reads the metrics once', async (t) => {
  const app = await pluginApp(t)
  const register = new Registry()
  let read = 0
  const engine = { get metrics () { read++; return app.socketio.metrics }, draining: false }
  prometheusMetrics(engine, { register })
  await register.metrics()
  t.equal(read, 1)
  await turn()
  await register.metrics()
  t.equal(read, 2)
})

t.test('wrong options say what to write', async (t) => {
  const app = await pluginApp(t)
  const register = new Registry()
  const wrong = (options: object, message: RegExp): void => {
    t.throws(() => prometheusMetrics(app.socketio, options as PrometheusOptions), { code: 'FST_SIO_BAD_OPTION', message })
  }
  wrong({}, /option "register" is undefined; allowed: a registry of prom-client/)
  wrong({ register: {} }, /option "register" is an object/)
  wrong({ register, prefix: 'a-b' }, /option "prefix" is "a-b"; allowed: letters/)
  wrong({ register, labels: { reason: 'x' } }, /option "labels" is \{ reason \}; allowed: names .* none of dialect/)
  wrong({ register, labels: { app: 1 } }, /option "labels.app" is 1; allowed: a string/)
  wrong({ register, labels: [] }, /option "labels" is \[\]/)
  prometheusMetrics(app.socketio, { register })
  wrong({ register }, /option "prefix" is "socketio_"; allowed: a prefix of which the registry has no names yet; it has "socketio_sessions"/)
  t.throws(() => prometheusMetrics(app.socketio, { register: { registerMetric () {}, getSingleMetric: () => undefined } }), { code: 'FST_SIO_UNSUPPORTED_VERSION' })
})

// ---- the papers

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), 'utf8')

/** The names of series that Prometheus stores. */
const SERIES = new Set(FAMILIES.flatMap(({ name, type }) => SUFFIXES[type]?.map((suffix) => `socketio_${name}${suffix}`) ?? []))
const namesIn = (query: string): string[] => [...query.matchAll(/\bsocketio_\w+/g)].map(([name]) => name)

t.test('each query of the board has names that exist, and each metric is on the board', async (t) => {
  const board = JSON.parse(await read('docs/grafana.json')) as { panels: { title: string, description?: string, targets?: { expr: string }[] }[] }
  const queries = board.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const))
  t.ok(queries.length > 10)
  for (const [title, query] of queries) {
    t.ok(namesIn(query).length > 0, title)
    t.strictSame(namesIn(query).filter((name) => !SERIES.has(name)), [], title)
  }
  const shown = new Set(queries.flatMap(([, query]) => namesIn(query)))
  const missing = FAMILIES.filter(({ name }) => ![...shown].some((series) => series.startsWith(`socketio_${name}`)))
  t.strictSame(missing.map(({ name }) => name), [])
  for (const { title, description } of board.panels) t.ok(description, `${title} says what it shows`)
})

t.test('each alert has a name that exists, a severity and a reason', async (t) => {
  const { socketio: { metrics } } = await pluginApp(t)
  const known = FAMILIES.flatMap(({ read }) => read({ ...metrics, draining: false }).map(({ labels }) => labels['reason']))
  const text = await read('docs/alerts.yml')
  const rules = text.split(/^ {6}- alert: /m).slice(1)
  t.ok(rules.length >= 6)
  for (const rule of rules) {
    const [name = ''] = rule.split('\n')
    const expression = /^ {8}expr: (?:>-\n((?: {10}.*\n)+)|(.*)\n)/m.exec(rule)
    const query = expression?.[1] ?? expression?.[2] ?? ''
    t.ok(namesIn(query).length > 0, `${name}: ${query}`)
    t.strictSame(namesIn(query).filter((series) => !SERIES.has(series)), [], name)
    t.match(rule, /severity: (?:warning|critical)/, name)
    t.match(rule, /summary: \S/, name)
    t.match(rule, /description: \S/, name)
    t.match(rule, /^ {8}for: \d+m$/m, name)
    const reasons = [...query.matchAll(/reason=~?"([^"]+)"/g)].flatMap(([, list = '']) => list.split('|'))
    t.strictSame(reasons.filter((reason) => !known.includes(reason)), [], name)
  }
})
