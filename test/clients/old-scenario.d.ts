// The scenario is plain JavaScript, since a page loads the same file.

/** The old client's `io`: what the scenario sets in it. */
export interface OldClient {
  transports: string[]
}

export interface ScenarioOptions {
  /** The server. */
  url: string
  /** The only transport that the client is to know. */
  transport: string
  /** `false`: shake hands as browsers without CORS do. */
  cors?: boolean
}

export function createScenario (io: OldClient, options: ScenarioOptions): Record<string, (...args: unknown[]) => unknown>
export function standInForActiveX (window: object): void
