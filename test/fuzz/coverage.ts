// What of the sources inputs have reached, by V8's own counters of blocks (node:inspector, precise coverage).
import { Session } from 'node:inspector'
import type { Profiler } from 'node:inspector'

const SOURCES = new URL('../../src/', import.meta.url).href

/** Marks the blocks of a function that were reached: outer ranges come first, inner ones know better. */
function paint ([whole, ...inner]: Profiler.CoverageRange[]): Uint8Array {
  if (whole === undefined) return new Uint8Array()
  const reached = new Uint8Array(whole.endOffset - whole.startOffset).fill(whole.count > 0 ? 1 : 0)
  for (const { startOffset, endOffset, count } of inner) reached.fill(count > 0 ? 1 : 0, startOffset - whole.startOffset, endOffset - whole.startOffset)
  return reached
}

/** Tells what is reached for the first time. */
export class Coverage {
  readonly #session = new Session()
  /** By function, since V8 tells only of those that were called since it was asked last. */
  readonly #reached = new Map<string, Uint8Array>()

  constructor () {
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  }

  /** Whether anything since the last time was new. @param keep whether it is old from now on */
  isNew (keep: boolean): boolean {
    let found = false
    this.#session.post('Profiler.takePreciseCoverage', (_error, { result }) => {
      for (const { url, functions } of result) {
        if (!url.startsWith(SOURCES)) continue
        for (const { ranges } of functions) if (this.#compare(`${url}:${ranges[0]?.startOffset}`, paint(ranges), keep)) found = true
      }
    })
    return found
  }

  #compare (name: string, now: Uint8Array, keep: boolean): boolean {
    const before = this.#reached.get(name) ?? new Uint8Array(now.length)
    const found = now.some((reached, at) => reached === 1 && before[at] === 0)
    if (found && keep) this.#reached.set(name, before.map((reached, at) => reached | Number(now[at])))
    return found
  }

  stop (): void {
    this.#session.disconnect()
  }
}
