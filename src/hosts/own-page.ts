// Whether the handshake of a session shows that a page opened it which is the server's own (docs/security.md, On by default). Chromium says so by Sec-Fetch-Site in the
// handshake of a session, but not in an upgrade.
import type { IncomingHttpHeaders } from 'node:http'

/** Parses a URL; undefined if it is invalid. Not with `URL.canParse`: in Node 20, once it is optimised, it reads Latin-1 strings as UTF-8. */
export function urlOf (text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

/** Returns whether the server's own page opened the session, and has this origin. @param headers of the handshake */
export function isOwnPage (origin: string, { origin: page, referer = '', 'sec-fetch-site': site }: IncomingHttpHeaders): boolean {
  return site === 'same-origin' && origin === (page ?? urlOf(referer)?.origin)
}
