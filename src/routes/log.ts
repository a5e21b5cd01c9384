// Cuts text of clients for the log, so that long requests cannot fill a disk.

/** Longest text in the log, characters. In JSON, a character takes 6 bytes at most. */
const LONGEST = 100

/** Cuts a text that has more than `longest` characters. */
export const cut = (text: string, longest = LONGEST): string => text.length > longest ? `${text.slice(0, longest)}…` : text

/** Copies an object for a log line, and cuts its texts. */
export const cutAll = (details: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(details).map(([name, value]) => [name, typeof value === 'string' ? cut(value) : value]))
