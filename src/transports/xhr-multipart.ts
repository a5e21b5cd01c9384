// xhr-multipart: one endless answer of many parts, for the browsers that took each part as it came (Gecko up to 21). The
// envelope is that of socket.io 0.6.18 (bare LF, the boundary line at the end of each part, so that it is delivered at
// once); the parts are payloads of revision 1.
import { randomBytes } from 'node:crypto'
import type { StreamFormat } from './stream.js'

/** A format of its own for each stream: with a boundary that nobody can guess, no message can hold the boundary line. */
export function xhrMultipart (): StreamFormat {
  const boundary = `socketio-${randomBytes(15).toString('base64url')}`
  const line = `--${boundary}\n`
  return {
    contentType: `multipart/x-mixed-replace;boundary="${boundary}"`,
    endsUnnoticed: false,
    prologue: line,
    encode: (payload) => `Content-Type: text/plain\n\n${payload}\n${line}`
  }
}
