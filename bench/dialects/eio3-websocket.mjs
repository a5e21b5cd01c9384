// Engine.IO 3, websocket. Its pings are the client's, every 25 seconds: a session that lives longer than 45 is timed out.
import { defaults as own } from './eio4-websocket.mjs'

export { family, open, prepare } from './eio4-websocket.mjs'
export const defaults = { ...own, eio: 3 }
