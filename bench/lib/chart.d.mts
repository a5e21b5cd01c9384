export interface RatioRow { title: string, dialect: string, against: string, ratio: number, low: number, high: number, bound?: number }
export interface Panel { title: string, series: { name: string, points: [count: number, value: number][] }[] }
export function ratioChart (rows: RatioRow[], title?: string, note?: string): string
export function scaleChart (panels: Panel[], title: string): string
