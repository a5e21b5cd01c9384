/** Where problems are reported: `app.log`, or any other logger with this method. */
export interface RecoveryLog {
  warn (fields: object, message: string): void
}

/** Options of {@link recoverable}. */
export interface RecoverableOptions {
  /**
   * How often `socket.data` of each session is compared with what is saved, ms. Rooms are saved when they change. Default 5000. A tenth of
   * `maxDisconnectionDuration` is used if that is less.
   */
  readonly saveInterval?: number
  /** Where it is reported, once, that sessions cannot be saved. Default: a warning of the process. */
  readonly log?: RecoveryLog
}

/**
 * Wraps the adapter of `@socket.io/redis-streams-adapter`, so that clients recover their sessions after their node was killed. Sessions are saved in Redis
 * while they live, and events that are sent while a session is being restored are neither lost nor doubled. All nodes must use it.
 *
 * @param client A connected client of the packages `redis` (4 and later) or `ioredis` (5 and later).
 * @param createAdapter The adapter's own `createAdapter`, or a function that calls it with options. It is called once, with the client.
 * @returns The adapter, for the option `adapter` of the Server, beside `connectionStateRecovery`.
 * @throws FST_SIO_BAD_OPTION for a wrong option. When the Server is made, FST_SIO_NOT_RECOVERABLE for a Server without `connectionStateRecovery`, and for an
 * adapter that cannot restore sessions of another node.
 * @example
 * await app.register(socketioTransports, {
 *   io: { adapter: recoverable(redis, createAdapter), connectionStateRecovery: {} }
 * })
 */
export declare function recoverable<Client extends object, MakeAdapter extends (nsp: never) => object> (
  client: Client, createAdapter: (client: Client) => MakeAdapter, options?: RecoverableOptions
): MakeAdapter
