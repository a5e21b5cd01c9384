// What a function in `cors.origin` answers: by its callback, a promise, or what it returns.
import type { OriginOption } from '../../types/options.js'

type OriginValue = boolean | string | RegExp

/** What an origin is compared with. */
export type OriginAnswer = OriginValue | readonly OriginValue[] | undefined

/** A function of the application. */
export type Decide = Extract<OriginOption, (...args: never) => unknown>

const isThenable = (value: unknown): value is PromiseLike<OriginAnswer> => typeof Object(value).then === 'function'

const isAnswer = (value: unknown): value is OriginAnswer =>
  typeof value === 'boolean' || typeof value === 'string' || value instanceof RegExp || Array.isArray(value)

/**
 * Asks it. The first answer counts; an answer that is there at once is returned as it is. What a function returns that takes a callback is
 * an answer only as a promise: `(origin, callback) => bus.emit('origin', origin, callback)` returns true, and means nothing by it.
 */
export function ask (origin: string, decide: Decide): OriginAnswer | Promise<OriginAnswer> {
  const answers: OriginAnswer[] = []
  let failed = false
  const later = new Promise<OriginAnswer>((resolve, reject) => {
    const answer = (value: OriginAnswer): void => {
      if (!failed) answers.push(value)
      resolve(value)
    }
    const fail = (error: unknown): void => {
      failed = true
      reject(error)
    }
    const returned: unknown = decide(origin, (error, value) => error ? fail(error) : answer(value))
    if (isThenable(returned)) Promise.resolve(returned).then(answer, fail)
    else if (decide.length < 2 && isAnswer(returned)) answer(returned)
  })
  return answers.length > 0 ? answers[0] : later
}
