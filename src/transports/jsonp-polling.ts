// jsonp-polling: a GET is answered with a script that calls a function with the payload. A POST comes from a form in a hidden frame.
import { toJson } from '../codec/json.js'

const DIGITS = /^\d+$/

/**
 * Returns the callback index in a query value if it is digits only, otherwise undefined. It is written into a script, so nothing else of the
 * query is used (docs/revision-1.md, Transports).
 */
export function callbackIndex (value: unknown): string | undefined {
  return typeof value === 'string' && DIGITS.test(value) ? value : undefined
}

/** Returns the function that revision 1 calls. */
export const toCallback = (index: string): string => `io.j[${index}]`

/** Returns the function that Engine.IO calls. */
export const toEngineCallback = (index: string): string => `___eio[${index}]`

/** Returns a script that calls the function with the payload. */
export const toScript = (callback: string, payload: string): string => `${callback}(${toJson(payload)});`

const SPACE = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Estimates the bytes of a payload as JSON. Escapes can make it six times as long. */
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

/** Returns a script that calls the function with an error. */
export const toErrorScript = (callback: string, message: string): string => `${callback}(new Error(${toJson(message)}));`

/**
 * Returns the payload of a POST: the form field `d`, which is a JSON string. Clients of 0.7 write the payload without JSON. JSON that is not a string
 * contains no payload (in 0.9.19 it ended the process).
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
 * Returns the payload of a POST of Engine.IO: the form field `d`. Forms change newlines, so the client writes a newline as `\n`, and a backslash before
 * an `n` twice (engine.io-client 3.5, polling-jsonp.js).
 */
export function decodeEngineBody (body: string): string {
  const field = new URLSearchParams(body).get('d') ?? ''
  return field.replace(/(\\)?\\n/g, (_match, escaped: string | undefined) => escaped === undefined ? '\n' : '\\n')
}
