export interface Target { id: string, name: string, file: string, floor?: string, dialects: Record<string, object> }
export interface Cell { target: Target, dialect: string, family: 'websocket' | 'polling' | 'stream', mode?: 'after' | 'parked', options: object }
export function targetNames (): string[]
export function dialectNames (): string[]
export function loadTargets (names: string[], say?: (text: string) => void): Promise<Map<string, Target>>
export function cellsOf (target: Target): Promise<Cell[]>
export function counterpart (cell: Cell, target: Target): Promise<Cell | undefined>
