// xhr-multipart: an endless answer of many parts, for browsers that deliver each part when it comes (Gecko up to 21). The envelope is that of
// socket.io 0.6.18: lines end with LF, and each part ends with the boundary line, so that the browser delivers it at once. A part is a payload of revision 1.
import { randomBytes } from 'node:crypto'
import type { StreamFormat } from './stream.js'

/** Returns a format with a boundary of its own for each stream. The boundary is random, so that no message can contain it. */
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
