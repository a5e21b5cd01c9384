// The metrics of an Engine for Prometheus, by a registry of prom-client. They are read when the registry is scraped. The package is not imported: the
// application has it, and hands over its registry.
import type { Engine } from '../types/engine.js'
import type { PrometheusOptions } from '../types/prometheus.js'
import { BadOptionError } from './errors.js'
import { isObject, show } from './option-values.js'
import { registerMetric } from './private/metric-registry.js'
import { FAMILIES, LABELS } from './prometheus/families.js'
import type { Family, Snapshot } from './prometheus/families.js'

type Labels = NonNullable<PrometheusOptions['labels']>

/** Names of Prometheus. `__` is reserved. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

function checkLabels (labels: Labels): void {
  for (const [name, value] of Object.entries(labels)) {
    if (!NAME.test(name) || name.startsWith('__') || LABELS.has(name)) throw new BadOptionError('labels', `{ ${name} }`, `names of letters, digits and _ that are none of ${[...LABELS].join(', ')}`)
    if (typeof value !== 'string') throw new BadOptionError(`labels.${name}`, show(value), 'a string')
  }
}

function check ({ register, prefix, labels }: PrometheusOptions): void {
  if (!isObject(register) || typeof register.registerMetric !== 'function' || typeof register.getSingleMetric !== 'function') {
    throw new BadOptionError('register', show(register), 'a registry of prom-client, such as its "register", or app.metrics.client.register of fastify-metrics')
  }
  if (prefix !== undefined && !NAME.test(prefix)) throw new BadOptionError('prefix', show(prefix), 'letters, digits and _, such as "socketio_"')
  if (labels !== undefined && !isObject(labels)) throw new BadOptionError('labels', show(labels), 'an object of strings')
  checkLabels(labels ?? {})
}

/** Returns a function that reads the metrics once for all names of a scrape. */
function snapshots (engine: Pick<Engine, 'metrics' | 'draining'>): () => Snapshot {
  let last: Snapshot | undefined
  return () => {
    if (last !== undefined) return last
    last = { ...engine.metrics, draining: engine.draining }
    setImmediate(() => { last = undefined })
    return last
  }
}

/** Makes what the registry reads of one name. */
function toMetric ({ name, help, type, read }: Family, prefix: string, labels: Labels, snapshot: () => Snapshot) {
  return {
    name: prefix + name,
    help,
    type,
    aggregator: 'sum',
    async get () {
      const values = read(snapshot()).map(({ labels: own, value, suffix }) => ({ labels: { ...labels, ...own }, value, ...(suffix && { metricName: this.name + suffix }) }))
      return { name: this.name, help, type, aggregator: 'sum', values }
    },
    reset () {} // the counters are those of the Engine
  }
}

/** Registers the metrics of an Engine. */
export function prometheusMetrics (engine: Pick<Engine, 'metrics' | 'draining'>, options: PrometheusOptions): void {
  check(options)
  const { register, prefix = 'socketio_', labels = {} } = options
  const taken = FAMILIES.find(({ name }) => register.getSingleMetric(prefix + name) !== undefined)
  if (taken !== undefined) throw new BadOptionError('prefix', show(prefix), `a prefix of which the registry has no names yet; it has "${prefix}${taken.name}"`)
  const snapshot = snapshots(engine)
  for (const family of FAMILIES) registerMetric(register, toMetric(family, prefix, { ...labels }, snapshot))
}
