export function quantile (sorted: ArrayLike<number>, share: number): number
export function median (values: Iterable<number>): number
export function medianInterval (rounds: number[][], options?: { confidence?: number, resamples?: number }): [low: number, high: number]
export function summary (rounds: number[][]): { ratio: number, low: number, high: number, p25: number, p75: number, windows: number }
