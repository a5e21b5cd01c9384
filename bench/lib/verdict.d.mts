export type Verdict = 'missed' | 'unclear' | 'short' | 'held'
export const WORDS: Record<Verdict, string>
export function verdict (row: { ratio: number, low: number, bound?: number, goal?: number }): Verdict | undefined
