// rev1-xhr-polling with a GET always open.
import { defaults as own } from './rev1-xhr-polling.mjs'

export { family, open, prepare } from './rev1-xhr-polling.mjs'
export const defaults = { ...own, mode: 'parked' }
