// Timers, which tests replace. They do not keep the process alive.

/** Cancels a timer. */
export type Cancel = () => void

export interface Clock {
  after (ms: number, call: () => void): Cancel
  every (ms: number, call: () => void): Cancel
}

export const realClock: Clock = {
  after (ms, call) {
    const timer = setTimeout(call, ms).unref()
    return () => clearTimeout(timer)
  },
  every (ms, call) {
    const timer = setInterval(call, ms).unref()
    return () => clearInterval(timer)
  }
}

/** Settles as the promise does. Rejects after `ms`; the promise is not cancelled. */
export function within<T> (clock: Clock, ms: number, what: string, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => reject(new Error(`${what} has not answered within ${ms} ms`)))
    promise.then(resolve, reject).finally(cancel)
  })
}
