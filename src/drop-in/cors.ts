// What an application has set for the package `cors`, which socket.io hands its option `cors` to, as our option of that name. Pure.
import type { ServerOptions } from 'socket.io'
import type { CorsOptions, OriginOption } from '../../types/options.js'
import { BadOptionError } from '../errors.js'

type Given = NonNullable<ServerOptions['cors']>
/** The options, and not the function that makes them for each request. */
type Fixed = Exclude<Given, (...args: never) => unknown>
type Origin = Fixed['origin']
type FixedOrigin = Exclude<Origin, (...args: never) => unknown>
type OurOrigin = boolean | string | RegExp | (string | RegExp)[]

/** Preflights are answered for GET, POST and any header, so `methods` and `allowedHeaders` lack nothing. These do. */
const UNUSED = ['exposedHeaders', 'maxAge', 'preflightContinue', 'optionsSuccessStatus'] as const satisfies (keyof Fixed)[]

function toFixedOrigin (origin: FixedOrigin): OurOrigin {
  if (!origin) return false // also `undefined`, as of a variable that is not set: no headers, so the own origin alone
  if (!Array.isArray(origin)) return origin
  // A list in which something is true lets everybody in.
  return origin.includes(true) || origin.filter((value) => typeof value !== 'boolean')
}

function toOrigin (origin: Origin): OriginOption {
  if (typeof origin !== 'function') return toFixedOrigin(origin)
  return function decide (asked, done: (error: Error | null, origin?: OurOrigin) => void): void {
    const answer: unknown = origin(asked, (error, value) => error
      ? done(error instanceof Error ? error : new Error(String(error))) // people say `callback('not you')`, too
      : done(null, toFixedOrigin(value)))
    if (answer instanceof Promise) answer.catch(done)
  }
}

/** @throws FST_SIO_BAD_OPTION for a function of the request: nothing here could ask it. */
export function toCors (given: Given): CorsOptions {
  if (typeof given === 'function') {
    throw new BadOptionError('cors', 'a function', 'an object; "origin" in it may be a function of the origin')
  }
  const { origin, credentials }: Fixed = { origin: true, ...given }
  return { origin: toOrigin(origin), credentials: credentials === true }
}

/** The names in it that have no effect. */
export const unusedOfCors = (given: Given): string[] => UNUSED.filter((name) => name in given).map((name) => `cors.${name}`)
