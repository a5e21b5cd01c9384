// Medians, and how sure they are.

const byValue = (a, b) => a - b

/** @param sorted ascending */
export function quantile (sorted, share) {
  if (sorted.length === 0) return NaN
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.ceil(at)
  return sorted[below] + (sorted[above] - sorted[below]) * (at - below)
}

export const median = (values) => quantile([...values].sort(byValue), 0.5)

/** The same numbers from 0 to 1 for the same seed: a verdict must not hang on a throw of dice. */
export function random (seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Bootstrap confidence interval of the median of some values. Up to five values give their least and largest.
 * @param {number[]} values one for each round
 * @returns {[low: number, high: number]}
 */
export function medianInterval (values, { confidence = 0.95, resamples = 2000 } = {}) {
  const next = random(values.length)
  const medians = Float64Array.from({ length: resamples }, () => median(values.map(() => values[Math.floor(next() * values.length)])))
  medians.sort()
  return [quantile(medians, (1 - confidence) / 2), quantile(medians, (1 + confidence) / 2)]
}

/**
 * Summarizes the ratios of rounds. Windows of a round share their processes, and everything that is special about these processes (the
 * compiled code, the layout of the heap). So a round is one observation, however many windows it has.
 * @param {number[]} ratios one for each round
 */
export function summary (ratios) {
  const [low, high] = medianInterval(ratios)
  return { ratio: median(ratios), low, high, ratios }
}
