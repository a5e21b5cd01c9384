// Where a registration logs. Fastify's options `logLevel` and `logSerializers` of `register`. Fastify ignores them for a plugin without a scope of its own, so the plugin hands them on.
import type { FastifyBaseLogger, FastifyInstance, RegisterOptions } from 'fastify'
import { BadOptionError } from './errors.js'

type LogOptions = Omit<RegisterOptions, 'prefix'>

/** Returns those of the given options that are for the log. */
export function logOptionsOf (given: object): LogOptions {
  const { logLevel, logSerializers }: LogOptions = Object(given)
  return { ...(logLevel !== undefined && { logLevel }), ...(logSerializers !== undefined && { logSerializers }) }
}

/** Returns a log with the options, for lines that belong to no request. @throws FST_SIO_BAD_OPTION for a level that the logger does not have */
export function logWith (log: FastifyBaseLogger, { logLevel: level, logSerializers: serializers }: LogOptions): FastifyBaseLogger {
  if (level === undefined && serializers === undefined) return log
  try {
    return log.child({}, { ...(level !== undefined && { level }), ...(serializers !== undefined && { serializers }) })
  } catch {
    throw new BadOptionError('logLevel', JSON.stringify(level), 'a level of the app\'s logger, such as "warn"')
  }
}

/** Makes the lines of a scope and of its requests go to another log than that of the app. */
export function logTo (scope: FastifyInstance, log: FastifyBaseLogger): void {
  scope.log = log
  scope.setChildLoggerFactory(() => log)
}
