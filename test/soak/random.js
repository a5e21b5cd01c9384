// Random numbers that a seed repeats (mulberry32).

/** A function like `Math.random`. */
export function generator (seed) {
  let state = Math.imul(seed + 1, 0x9E3779B9)
  return () => {
    state = (state + 0x6D2B79F5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Times between events that happen by chance: their mean is `mean`, none is above four times that. */
export const waiting = (random, mean) => Math.min(-Math.log(1 - random()) * mean, 4 * mean)

export const pick = (random, list) => list[Math.floor(random() * list.length)]
