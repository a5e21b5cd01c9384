// Whether what was promised is held.

/**
 * `missed` when the ratio is above its bound, and by more than the noise: its whole 95 % interval is. `unclear` when only a part of it is.
 * @param row { ratio, low, bound, stretch }
 * @returns {'missed' | 'unclear' | 'held' | 'stretched'}
 */
export function verdict ({ ratio, low, bound, stretch }) {
  if (low > bound) return 'missed'
  if (ratio > bound) return 'unclear'
  return ratio <= stretch ? 'stretched' : 'held'
}

/** In words, for tables. */
export const WORDS = { missed: 'MISSED', unclear: 'within noise', held: 'held', stretched: 'held, stretch reached' }
