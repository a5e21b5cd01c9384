// Warnings at registration: options that are allowed, but are probably a mistake.
import type { FastifyBaseLogger } from 'fastify'
import type { SocketioTransportsOptions } from '../types/options.js'
import { TIMES } from './option-rules.js'
import { isWildcard } from './options.js'
import type { Settings } from './options.js'
import { isRevision1 } from './transports/index.js'

/** Times up to this one, ms, are probably meant as seconds: of the defaults, none is below 1000 ms or above 60 s. */
const LIKE_SECONDS = 120

/** Times in seconds, as socket.io 0.9 had them. */
function seconds (given: SocketioTransportsOptions): string[] {
  return TIMES.filter((name) => Number(given[name]) > 0 && Number(given[name]) <= LIKE_SECONDS)
    .map((name) => `${name} is ${given[name]} ms: times are milliseconds; ${given[name]} seconds are ${Number(given[name]) * 1000}`)
}

/** Dialects without a transport. */
function withoutTransport ({ dialects, transports }: Settings): string[] {
  return dialects
    .filter((dialect) => !transports.some((name) => dialect === 'revision 1' ? isRevision1(name) : name === 'polling' || name === 'websocket'))
    .map((dialect) => `the option "transports" names no transport of the dialect "${dialect}", so its clients are refused: add one, or remove the dialect from the option "dialects"`)
}

/** Clients that send credentials by default, which `'*'` does not allow (docs/revision-1.md, Cross-origin answers). Those from 3.x on send none. */
function withCredentials ({ dialects, transports, cors }: Settings): string[] {
  const clients = [
    dialects.includes('revision 1') && 'up to 0.9',
    dialects.includes('engine 3') && transports.includes('polling') && '1.x and 2.x'
  ].filter((some) => some !== false)
  if (!isWildcard(cors.origin) || clients.length === 0) return []
  return [`cors.origin is "*": clients ${clients.join(', ')} in pages of other origins cannot connect, because they send credentials, which "*" does not allow; cors.origin: true lets them in`]
}

/** Timers with which 0.9 clients cannot connect or stay. They are allowed, because other clients work with them (docs/revision-1.md, Timers). */
function ofRevision1 ({ dialects, heartbeatInterval, heartbeatTimeout, closeTimeout, pollingDuration }: Settings): string[] {
  if (!dialects.includes('revision 1')) return []
  const warnings = [
    heartbeatInterval === false && 'heartbeatInterval is false: 0.9 clients never connect, because they read the empty heartbeat timeout of the handshake as 0 ms',
    heartbeatInterval !== false && heartbeatInterval >= Math.min(heartbeatTimeout, closeTimeout) &&
      `heartbeatInterval (${heartbeatInterval}) is not below heartbeatTimeout (${heartbeatTimeout}) and closeTimeout (${closeTimeout}): 0.9 clients close a connection that is silent for that long`,
    pollingDuration >= closeTimeout &&
      `pollingDuration (${pollingDuration}) is not below closeTimeout (${closeTimeout}): 0.9 clients give up a poll before it is answered`
  ]
  return warnings.filter((warning) => warning !== false)
}

/** Logs the warnings. @param given the options without their defaults */
export function warnOfOptions (given: SocketioTransportsOptions, settings: Settings, log: FastifyBaseLogger): void {
  for (const warning of [...seconds(given), ...withCredentials(settings), ...ofRevision1(settings), ...withoutTransport(settings)]) log.warn(warning)
}
