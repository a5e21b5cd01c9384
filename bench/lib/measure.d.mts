import type { Group } from './groups.mjs'

export interface Side { value: number, windows: number, disturbed: number, p50?: number, p99?: number, seconds?: number, heap?: number, resident?: number }
export interface Times { window: number, windows: number, warmup: number }
export interface PairRow { ratio: number, low: number, high: number, ratios: number[], value: number, againstValue: number, sessions?: number, ours: Partial<Side>, peer: Partial<Side> }
export function timesOf (metric: string, sessions: number | undefined, times: Times): Times
export function pairRow (group: Group, rounds: Side[][]): PairRow
export function notes (results: Map<object, Side[][]>): string[]
