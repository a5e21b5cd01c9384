// Converts the option `cors` of socket.io, which has the form of the package `cors`, to the plugin's option `cors`. Pure.
import type { ServerOptions } from 'socket.io'
import type { CorsOptions, OriginOption } from '../../types/options.js'
import { BadOptionError } from '../errors.js'
import { isWildcard } from '../options.js'

type Given = NonNullable<ServerOptions['cors']>
/** The options as an object, without the form of a function that makes them for each request. */
type Fixed = Exclude<Given, (...args: never) => unknown>
type Origin = Fixed['origin']
type FixedOrigin = Exclude<Origin, (...args: never) => unknown>
type OurOrigin = boolean | string | RegExp | (string | RegExp)[]

/** Options that have no effect. `methods` and `allowedHeaders` are not listed, because preflights are answered for GET, POST and any header. */
const UNUSED = ['exposedHeaders', 'maxAge', 'preflightContinue', 'optionsSuccessStatus'] as const satisfies (keyof Fixed)[]

function toFixedOrigin (origin: FixedOrigin): OurOrigin {
  if (!origin) return false // also `undefined`, such as a variable that is not set. No CORS headers: same origin only
  if (!Array.isArray(origin)) return origin
  // A list that contains `true` allows every origin.
  return origin.includes(true) || origin.filter((value) => typeof value !== 'boolean')
}

function toOrigin (origin: Origin): OriginOption {
  if (typeof origin !== 'function') return toFixedOrigin(origin)
  return function decide (asked, done: (error: Error | null, origin?: OurOrigin) => void): void {
    const answer: unknown = origin(asked, (error, value) => error
      ? done(error instanceof Error ? error : new Error(String(error))) // some applications call `callback('a text')`
      : done(null, toFixedOrigin(value)))
    if (answer instanceof Promise) answer.catch(done)
  }
}

/** Converts the option. @throws FST_SIO_BAD_OPTION for a function of the request, which the plugin cannot call. */
export function toCors (given: Given): CorsOptions {
  if (typeof given === 'function') {
    throw new BadOptionError('cors', 'a function', 'an object; "origin" in it may be a function of the origin')
  }
  const { origin, credentials }: Fixed = { origin: '*', ...given }
  return { origin: toOrigin(origin), credentials: credentials === true && !isWildcard(origin) } // browsers refuse '*' with credentials
}

/** Returns the names of the given options that have no effect. */
export const unusedOfCors = (given: Given): string[] => UNUSED.filter((name) => name in given).map((name) => `cors.${name}`)
