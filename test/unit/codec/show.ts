/** A value as ASCII, for the names of tests and checks: readers of TAP take more than a newline for the end of a line. */
export const show = (value: unknown): string =>
  JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
