// Private part of @fastify/websocket: where it keeps the bytes that came behind the head of an upgrade.
// What: a property of the request (IncomingMessage), whose name is a symbol with the description `ws-head`. Each loaded copy of the library has a
//   symbol of its own. Seen in 11.0 to 11.3.
// When it is gone: nothing breaks. A session on the app's own instance of the library then keeps the buffer that its upgrade was read in, up to
//   64 KiB, as long as it lasts. Our own instance is handed no such bytes (upgrade-dispatcher.ts).
import type { IncomingMessage } from 'node:http'

const DESCRIPTION = 'ws-head'

/** The symbols seen so far: a look at the first upgrade of each copy of the library is enough. */
const known = new Set<symbol>()

function symbolOn (request: IncomingMessage): symbol | undefined {
  for (const symbol of known) if (Object.hasOwn(request, symbol)) return symbol
  const found = Object.getOwnPropertySymbols(request).find(({ description }) => description === DESCRIPTION)
  if (found !== undefined) known.add(found)
  return found
}

/** Lets go of the bytes, once the WebSocket has taken them. */
export function forgetHead (request: IncomingMessage): void {
  const symbol = symbolOn(request)
  if (symbol !== undefined) Object.assign(request, { [symbol]: undefined })
}
