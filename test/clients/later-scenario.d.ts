// The scenario is plain JavaScript, since a page loads the same file.

export interface ScenarioOptions {
  /** The server. */
  url: string
  /** The transports that the client may use, in this order; with two of them it upgrades. */
  transports: readonly string[]
  /** Polling by JSONP. */
  jsonp?: boolean
}

export function createScenario (io: unknown, options: ScenarioOptions): Record<string, (...args: unknown[]) => unknown>
export function plain (x: unknown): unknown
export function binary (x: unknown): unknown
