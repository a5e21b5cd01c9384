// htmlfile: an endless document in a hidden frame. Each payload is a script element that calls a function of the page.
import { toJson } from '../codec/json.js'
import type { StreamFormat } from './stream.js'

/** Padded to 256 bytes: Internet Explorer renders nothing before (docs/revision-1.md, Transports). */
const PROLOGUE = '<html><body><script>var _ = function (msg) { parent.s._(msg, document); };</script>'.padEnd(256)

/**
 * Escapes every slash, because `</script>` in a message would end the element. The client removes the backslashes. Escapes `<!--`, too: after
 * `<!--<script>` a browser ignores the end of the element (HTML, 4.12.1.3).
 */
const toElement = (payload: string): string =>
  `<script>_(${toJson(payload).replaceAll('/', '\\/').replaceAll('<!--', '\\u003c!--')});</script>`

/** The format of htmlfile. */
export const htmlfile: StreamFormat = {
  contentType: 'text/html; charset=UTF-8',
  endsUnnoticed: true, // the client has no listener for events of its frame (client 0.9.17, lib/transports/htmlfile.js)
  prologue: PROLOGUE,
  encode: toElement
}
