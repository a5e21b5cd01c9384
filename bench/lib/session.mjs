// The contract between dialects and metrics; there is no code in it.

/**
 * A session as a metric sees it.
 * @typedef {object} Session
 * @property {(callback: () => void) => void} echo Sends the message and calls back when it has come back. One at a time.
 * @property {() => void} trigger Asks for a broadcast; not every dialect has it.
 * @property {() => void} idle From now on it lies idle, with a request open where its transport has one.
 * @property {() => void} close Ends as a client would, without waiting for the server.
 * @property {() => void} kill Ends at once.
 * @property {(() => void) | null} onpush A broadcast has come.
 * @property {((error?: Error) => void) | null} onclose It has ended otherwise.
 */

/**
 * A dialect's module.
 * @typedef {object} Dialect
 * @property {'websocket' | 'polling' | 'stream'} family What it is compared with: peers of the same family and mode.
 * @property {{ path: string, message: string, mode?: 'after' | 'parked' }} defaults
 * @property {(context: Context) => void} prepare Makes the bytes that are sent and expected, once for all sessions.
 * @property {(context: Context, done: (error: Error | null, session?: Session) => void) => void} open
 */

/**
 * @typedef {object} Context
 * @property {import('./http-link.mjs').Address} address
 * @property {object} options The dialect's defaults and the target's own.
 */

export {}
