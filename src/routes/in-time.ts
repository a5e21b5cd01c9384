// What the application does for a request has an end.
import type { Engine } from '../engine/engine.js'

/** How long it may take. */
export interface Limit {
  readonly wheel: Engine['wheel']
  readonly ms: number
  /** What is thrown at the end of that time. */
  late (): Error
}

/** The result of a task. What comes too late has no effect. */
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
