// eio3-polling with a GET always open.
import { defaults as own } from './eio3-polling.mjs'

export { family, open, prepare } from './eio3-polling.mjs'
export const defaults = { ...own, mode: 'parked' }
