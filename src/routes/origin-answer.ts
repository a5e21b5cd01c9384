// Calls a function in `cors.origin`, and gets its answer from its callback, from a promise, or from its return value.
import type { OriginOption } from '../../types/options.js'

type OriginValue = boolean | string | RegExp

/** One or more values that an origin is compared with. */
export type OriginAnswer = OriginValue | readonly OriginValue[] | undefined

/** A function in `cors.origin`. */
export type Decide = Extract<OriginOption, (...args: never) => unknown>

const isThenable = (value: unknown): value is PromiseLike<OriginAnswer> => typeof Object(value).then === 'function'

const isAnswer = (value: unknown): value is OriginAnswer =>
  typeof value === 'boolean' || typeof value === 'string' || value instanceof RegExp || Array.isArray(value)

/**
 * Calls the function and returns its first answer: as a value if it answers synchronously, else as a promise. If the function takes a callback, its return
 * value is ignored unless it is a promise: `(origin, callback) => bus.emit('origin', origin, callback)` returns true, which is not an answer.
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
