// sockjs-xhr with a GET always open.
import { defaults as own } from './sockjs-xhr.mjs'

export { family, open, prepare } from './sockjs-xhr.mjs'
export const defaults = { ...own, mode: 'parked' }
