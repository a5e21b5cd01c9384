import type { Comparison } from '../bounds.mjs'
import type { Cell, Target } from './targets.mjs'

export interface Group { title: string, metric: string, sessions?: number, cells: Cell[], promise: { bound?: number, goal?: number } }
export function groupsOf (comparisons: Comparison[], targets: Map<string, Target>): Promise<Group[]>
