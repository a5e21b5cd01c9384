import fc from 'fast-check'
import type { Test } from 'tap'

/** Runs a property and says in the report that it held. */
export function holds <T extends unknown[]> (t: Test, property: fc.IProperty<T>): void {
  const { failed, counterexample, errorInstance, numRuns } = fc.check(property, { numRuns: 1000 })
  t.notOk(failed, `${numRuns} runs${failed ? `, failed for ${fc.stringify(counterexample)}: ${String(errorInstance)}` : ''}`)
}
