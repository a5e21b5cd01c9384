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

/** The same numbers on every run: a verdict must not hang on a throw of dice. */
function random (seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Bootstrap confidence interval of the median of values that were measured in rounds. Windows of one round share their processes, and
 * what is peculiar to these: so rounds are drawn first, then values of each. Of very few values it is their least and largest.
 * @param {number[][]} rounds
 * @returns {[low: number, high: number]}
 */
export function medianInterval (rounds, { confidence = 0.95, resamples = 2000 } = {}) {
  const filled = rounds.filter(({ length }) => length > 0)
  const next = random(filled.length)
  const draw = (list) => list[Math.floor(next() * list.length)]
  const medians = Float64Array.from({ length: resamples }, () => median(filled.flatMap(() => {
    const round = draw(filled)
    return round.map(() => draw(round))
  })))
  medians.sort()
  return [quantile(medians, (1 - confidence) / 2), quantile(medians, (1 + confidence) / 2)]
}

/** What there is to say of ratios that were measured in rounds. */
export function summary (rounds) {
  const sorted = rounds.flat().sort(byValue)
  const [low, high] = medianInterval(rounds)
  return { ratio: quantile(sorted, 0.5), low, high, p25: quantile(sorted, 0.25), p75: quantile(sorted, 0.75), windows: sorted.length }
}
