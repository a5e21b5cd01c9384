// Offsets of a Redis stream: `milliseconds-sequence`, in the order of time. Pure.

/** Whether an offset is after another one. */
export function isLater (offset: string, other: string): boolean {
  const [time = 0, sequence = 0] = offset.split('-').map(Number)
  const [otherTime = 0, otherSequence = 0] = other.split('-').map(Number)
  return time > otherTime || (time === otherTime && sequence > otherSequence)
}

/** Returns the later one of two offsets. */
export const latest = (offset: string, other: string): string => isLater(offset, other) ? offset : other
