// http-raw with a GET always open.
import { defaults as own } from './http-raw.mjs'

export { family, open, prepare } from './http-raw.mjs'
export const defaults = { ...own, mode: 'parked' }
