export const CACHE: string
export function nameOf (text: string): string
export function compile (text: string, where: string): string
