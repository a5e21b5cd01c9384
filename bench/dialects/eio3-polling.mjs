// Engine.IO 3, polling: each packet has its length before it. Its pings are the client's, every 25 seconds: a session that lives longer
// than 45 is timed out.
import { defaults as own } from './eio4-polling.mjs'

export { family, open, prepare } from './eio4-polling.mjs'
export const defaults = { ...own, eio: 3 }
