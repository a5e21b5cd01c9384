interface Side { resident: number }
export interface SessionsRow { title: string, sessions: number, value: number, againstValue: number, ratio: number, ours: Side, peer: Side }
export function sessionsChart (rows: SessionsRow[], active: number, theme: 'light' | 'dark'): string
