/** What the test asks of the primary, which answers with the reports of all workers. */
export interface Asked {
  /** Starts so many workers. */
  readonly fork?: number
  /** The worker to which something is done. */
  readonly pid?: number
  readonly signal?: NodeJS.Signals
  /** Its node stops. */
  readonly stop?: true
  /** Every worker emits to all others, by @socket.io/cluster-adapter. */
  readonly say?: true
}

/** What a worker knows. */
export interface Report {
  readonly pid: number
  readonly tag: string
  readonly linked: readonly string[]
  readonly known: number
  readonly isCurrent: boolean
  readonly warnings: readonly string[]
  /** What it has heard from the others. */
  readonly heard: number
}

export const speak = {
  report: (message: unknown): Report | undefined => Object(message).report
}
