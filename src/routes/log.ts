// What a peer has chosen, as it goes into the log: cut short, so that nobody fills a disk by long requests.

/** Characters of one text. In JSON each takes 6 bytes at most. */
const LONGEST = 100

/** A text, cut when it is longer than so many characters. */
export const cut = (text: string, longest = LONGEST): string => text.length > longest ? `${text.slice(0, longest)}…` : text

/** An object for a log line, its texts cut. */
export const cutAll = (details: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(details).map(([name, value]) => [name, typeof value === 'string' ? cut(value) : value]))
