// Whether what was promised is held.

/**
 * `missed` when the ratio is above its bound, and by more than the noise: its whole 95 % interval is. `unclear` when only a part of it is.
 * `short` when it is held, and not what it should be.
 * @param row { ratio, low, bound, goal, stretch }
 * @returns {'missed' | 'unclear' | 'short' | 'held' | 'stretched'}
 */
export function verdict ({ ratio, low, bound, goal, stretch }) {
  if (low > bound) return 'missed'
  if (ratio > bound) return 'unclear'
  if (ratio > goal) return 'short'
  return ratio <= stretch ? 'stretched' : 'held'
}

/** In words, for tables. */
export const WORDS = { missed: 'MISSED', unclear: 'within noise', short: 'held, short of its goal', held: 'held', stretched: 'held, stretch reached' }
