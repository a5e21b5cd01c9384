// A time limit for asynchronous functions of the application.
import type { Engine } from '../engine/engine.js'

/** The time limit of a task. */
export interface Limit {
  readonly wheel: Engine['wheel']
  readonly ms: number
  /** Makes the error for a task that takes longer. */
  late (): Error
}

/** Returns the result of a task. A result after the limit is ignored. @throws the error of `late` at the limit. */
export async function inTime <T> (task: Promise<T>, { wheel, ms, late }: Limit): Promise<T> {
  let expire = (): void => {}
  const timer = wheel.timer(() => expire())
  const expired = new Promise<never>((_resolve, reject) => { expire = () => reject(late()) })
  timer.start(ms)
  try {
    return await Promise.race([task, expired])
  } finally {
    timer.stop()
  }
}
