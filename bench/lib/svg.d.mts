export function ceiling (most: number): number
