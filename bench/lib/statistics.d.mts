export function quantile (sorted: ArrayLike<number>, share: number): number
export function median (values: Iterable<number>): number
export function random (seed: number): () => number
export function medianInterval (values: number[], options?: { confidence?: number, resamples?: number }): [low: number, high: number]
export function summary (ratios: number[]): { ratio: number, low: number, high: number, ratios: number[] }
