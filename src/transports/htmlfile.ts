// htmlfile: one endless document in a hidden frame; every payload is a script element that calls the page.
import { toJson } from '../codec/json.js'
import type { StreamFormat } from './stream.js'

/** Padded to 256 bytes: Internet Explorer renders nothing before (docs/revision-1.md, Transports). */
const PROLOGUE = '<html><body><script>var _ = function (msg) { parent.s._(msg, document); };</script>'.padEnd(256)

/**
 * Every slash is escaped: `</script>` in a message would end the element. The client takes the backslashes out again. So is the beginning of
 * a comment: behind `<!--<script>` a browser overlooks the end of the element, and with it all that comes after (HTML, 4.12.1.3).
 */
const toElement = (payload: string): string =>
  `<script>_(${toJson(payload).replaceAll('/', '\\/').replaceAll('<!--', '\\u003c!--')});</script>`

/** How htmlfile writes. */
export const htmlfile: StreamFormat = {
  contentType: 'text/html; charset=UTF-8',
  endsUnnoticed: true, // it listens for no event of its frame (client 0.9.17, lib/transports/htmlfile.js)
  prologue: PROLOGUE,
  encode: toElement
}
