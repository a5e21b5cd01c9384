// What browsers send with a script element: the page that it is for. Without it, JSONP is refused.
const SCRIPT = /[?&](?:j|jsonp)=|\/jsonp-polling\//

/** The headers of a GET: those of the server's own page, where the answer is a script. @param base the origin, unless the URL has one */
export const scriptHeaders = (url: string, base = 'http://localhost'): Record<string, string> =>
  SCRIPT.test(url) ? { referer: new URL('/', new URL(url, base)).href } : {}

/** A request by a script of the own page, for `app.inject`. */
export const byScript = (url: string, headers: Record<string, string> = {}): { url: string, headers: Record<string, string> } =>
  ({ url, headers: { ...scriptHeaders(url), ...headers } })
