export function watchSilence (stream: { write (...args: never[]): unknown }, limit: number, end: () => void): void
