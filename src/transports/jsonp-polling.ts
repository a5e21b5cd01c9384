// jsonp-polling: GETs answered with a script that calls back with the payload, POSTs by a form in a hidden frame.
import { toJson } from '../codec/json.js'

const DIGITS = /^\d+$/

/**
 * The callback index of a query value, as text: all digits, or undefined. It is written into a script, so nothing else is
 * ever taken from the client (WIRE.md 5).
 */
export function callbackIndex (value: unknown): string | undefined {
  return typeof value === 'string' && DIGITS.test(value) ? value : undefined
}

/** A script that hands `payload` to callback `index`. */
export const toScript = (index: string, payload: string): string => `io.j[${index}](${toJson(payload)});`

/** A script that hands an error to callback `index`. */
export const toErrorScript = (index: string, message: string): string => `io.j[${index}](new Error(${toJson(message)}));`

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
