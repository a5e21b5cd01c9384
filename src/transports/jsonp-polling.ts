// jsonp-polling: GETs answered with a script that calls back with the payload, POSTs by a form in a hidden frame.
import { toJson } from '../codec/json.js'

const DIGITS = /^\d+$/

/**
 * The callback index of a query value, as text: all digits, or undefined. It is written into a script, so nothing else of the
 * query is used (docs/revision-1.md, Transports).
 */
export function callbackIndex (value: unknown): string | undefined {
  return typeof value === 'string' && DIGITS.test(value) ? value : undefined
}

/** Revision 1's callback of an index. */
export const toCallback = (index: string): string => `io.j[${index}]`

/** Engine.IO's callback of an index. */
export const toEngineCallback = (index: string): string => `___eio[${index}]`

/** A script that hands `payload` to a callback. */
export const toScript = (callback: string, payload: string): string => `${callback}(${toJson(payload)});`

const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** About how many bytes a payload takes as JSON: escapes make up to six times of it. */
export function scriptLength (payload: string | Buffer): number {
  if (typeof payload !== 'string') return payload.length
  let length = Buffer.byteLength(payload)
  for (let at = 0; at < payload.length; at++) {
    const code = payload.charCodeAt(at)
    if (code < SPACE) length += 5
    else if (code === QUOTE || code === BACKSLASH) length++
  }
  return length
}

/** A script that hands an error to a callback. */
export const toErrorScript = (callback: string, message: string): string => `${callback}(new Error(${toJson(message)}));`

/**
 * The payload of a POST: form field `d`, a JSON string. Clients of 0.7 put the payload there as it is. JSON that is no string
 * holds no payload (in 0.9.19 it killed the process).
 */
export function decodeBody (body: string): string {
  const field = new URLSearchParams(body).get('d')
  if (field === null) return ''
  try {
    const payload: unknown = JSON.parse(field)
    return typeof payload === 'string' ? payload : ''
  } catch {
    return field
  }
}

/**
 * The payload of a POST of Engine.IO: form field `d`. A form changes newlines, so the client writes each as a backslash and an `n`, and
 * doubles the backslash of those that were there before (engine.io-client 3.5, polling-jsonp.js).
 */
export function decodeEngineBody (body: string): string {
  const field = new URLSearchParams(body).get('d') ?? ''
  return field.replace(/(\\)?\\n/g, (_match, escaped: string | undefined) => escaped === undefined ? '\n' : '\\n')
}
