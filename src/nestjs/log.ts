// The log of the plugin in a Nest application. FastifyAdapter switches Fastify's log off by default, so warnings, refusals and errors go to Nest's log then.
import { inspect } from 'node:util'
import { Logger } from '@nestjs/common'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'

const silent = (): void => {}

/** Converts the arguments of a line: details and a message, or a message alone. Returns the text, and the stack of an error in the details. */
function textOf (details: unknown, message?: string): [text: string, stack?: string] {
  if (typeof details === 'string') return [details]
  const { err, ...others }: { err?: unknown } = Object(details)
  const text = [message, Object.keys(others).length > 0 && inspect(others, { breakLength: Infinity }), err !== undefined && String(err)].filter(Boolean).join(' ')
  return err instanceof Error && err.stack !== undefined ? [text, err.stack] : [text]
}

function nestLog (): FastifyBaseLogger {
  const logger = new Logger('SocketioTransports')
  const error = (details: unknown, message?: string): void => logger.error(...textOf(details, message))
  const log: FastifyBaseLogger = {
    level: 'warn',
    fatal: error,
    error,
    warn: (details: unknown, message?: string) => logger.warn(textOf(details, message)[0]),
    info: silent,
    debug: silent,
    trace: silent,
    silent,
    child: () => log
  }
  return log
}

/** Returns Fastify's log, or Nest's if Fastify has none. */
export function logOf (fastify: FastifyInstance): FastifyBaseLogger {
  const { log } = fastify
  const { level }: { level?: string } = log // what Fastify has instead of a logger has no level
  return level === undefined ? nestLog() : log
}
