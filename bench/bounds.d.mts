export interface Comparison {
  title: string
  metric: 'echo' | 'load' | 'push' | 'connect' | 'life' | 'storm' | 'memory'
  sessions?: number
  ours: [target: string, dialect: string][]
  peers: { target: string, bound?: number, goal?: number }[]
}
export const COMPARISONS: Comparison[]
export const GATE: Comparison[]
