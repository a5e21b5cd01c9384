// Whether a bound is held.

/**
 * `missed`: the ratio is above its bound by more than the noise: its whole 95 % interval is. `unclear`: only a part of the interval is.
 * `short`: the bound is held, the goal is not reached. Without a bound there is no verdict.
 * @param row { ratio, low, bound, goal }
 * @returns {'missed' | 'unclear' | 'short' | 'held' | undefined}
 */
export function verdict ({ ratio, low, bound, goal }) {
  if (bound === undefined) return undefined
  if (low > bound) return 'missed'
  if (ratio > bound) return 'unclear'
  return ratio > goal ? 'short' : 'held'
}

/** In words, for tables. */
export const WORDS = { missed: 'MISSED', unclear: 'within noise', short: 'held, short of its goal', held: 'held' }
