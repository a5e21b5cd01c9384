// Values of options: what they are, and how an error shows them. Pure.

export const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
export const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Returns a value as an error shows it. */
export function show (value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (isObject(value)) return 'an object'
  return typeof value === 'string' || Array.isArray(value) ? JSON.stringify(value) : String(value)
}
