// jsonp-polling with a GET always open.
import { defaults as own } from './jsonp-polling.mjs'

export { family, open, prepare } from './jsonp-polling.mjs'
export const defaults = { ...own, mode: 'parked' }
