export interface Comparison {
  title: string
  metric: 'echo' | 'push' | 'connect' | 'memory'
  ours: [target: string, dialect: string][]
  peers: { target: string, bound: number, goal: number, stretch: number }[]
}
export const COMPARISONS: Comparison[]
