import type { Engine } from './engine.js'

/**
 * A registry of the package `prom-client` (15 or later): its global `register`, a `new Registry()`, or that of fastify-metrics
 * (`app.metrics.client.register`).
 */
export interface MetricsRegistry {
  registerMetric (metric: never): void
  getSingleMetric (name: string): unknown
}

export interface PrometheusOptions {
  /** Where the metrics are registered. */
  readonly register: MetricsRegistry
  /** Begin of all names. Default `socketio_`. Several registrations of the plugin in one registry need different ones. */
  readonly prefix?: string
  /** Labels with constant values, which all metrics get. Default: none. */
  readonly labels?: Readonly<Record<string, string>>
}

/**
 * Registers the metrics of `app.socketio` for Prometheus. They are read when the registry is scraped, and cost nothing otherwise. docs/observability.md lists
 * them.
 * @throws FST_SIO_BAD_OPTION for a wrong option, and for names that the registry has already.
 * @throws FST_SIO_UNSUPPORTED_VERSION when the registry does not keep what is registered.
 */
export declare function prometheusMetrics (engine: Pick<Engine, 'metrics' | 'draining'>, options: PrometheusOptions): void
