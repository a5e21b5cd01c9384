// Private part of prom-client.
// What: a Registry reads `name`, `get()` and `reset()` of a metric that is registered. Only the classes of the package are documented, and their histograms cannot
// be set to what was counted before. Seen in 15.1, and in @platformatic/prom-client 1.0.
// When it is gone: FST_SIO_UNSUPPORTED_VERSION if the registry does not keep the metric.
import { UnsupportedVersionError } from '../errors.js'

/** A registry, as the published types have it. */
interface Registry {
  registerMetric (metric: never): void
  getSingleMetric (name: string): unknown
}

/** What a Registry reads. It may change the name: for OpenMetrics, it removes `_total` of counters. */
export interface RegisteredMetric {
  name: string
  readonly help: string
  readonly type: string
  readonly aggregator: string
  get (): Promise<object>
  reset (): void
}

/** @throws FST_SIO_UNSUPPORTED_VERSION when the registry does not keep the metric. */
export function registerMetric (register: Registry, metric: RegisteredMetric): void {
  register.registerMetric(metric as never)
  if (register.getSingleMetric(metric.name) !== metric) {
    throw new UnsupportedVersionError('prom-client', 'registerMetric() for a metric of another package', 'use prom-client 15')
  }
}
