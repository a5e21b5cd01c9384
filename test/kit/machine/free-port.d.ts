/** A port that nobody has, and so many in a row. @param count default: 1 @returns the first of them */
export function freePort (count?: number): Promise<number>
