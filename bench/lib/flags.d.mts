export interface Flag { help: string, preset?: string | number, value?: string, of?: readonly string[] }
export function readFlags (args: string[], flags: Record<string, Flag>, presets?: (given: Record<string, unknown>) => Record<string, unknown>): Record<string, unknown>
export function usage (intro: string, flags: Record<string, Flag>): string
