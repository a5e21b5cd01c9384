export type Verdict = 'missed' | 'unclear' | 'held' | 'stretched'
export const WORDS: Record<Verdict, string>
export function verdict (row: { ratio: number, low: number, bound: number, stretch: number }): Verdict
