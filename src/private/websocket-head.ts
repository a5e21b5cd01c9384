// Private part of @fastify/websocket: the bytes that arrived after the head of an upgrade request.
// What: a property of the request (IncomingMessage), whose name is a symbol with the description `ws-head`. Each loaded copy of the library has a
//   symbol of its own. Seen in 11.0 to 11.3.
// When it is gone: nothing breaks. If the app has its own instance of the library, each session keeps the buffer in which its upgrade was read, up to
//   64 KiB, until it ends. The plugin's instance gets no such bytes (upgrade-dispatcher.ts).
import type { IncomingMessage } from 'node:http'

const DESCRIPTION = 'ws-head'

/** The symbols found so far. So all symbols of a request are searched only for the first upgrade of each copy of the library. */
const known = new Set<symbol>()

function symbolOn (request: IncomingMessage): symbol | undefined {
  for (const symbol of known) if (Object.hasOwn(request, symbol)) return symbol
  const found = Object.getOwnPropertySymbols(request).find(({ description }) => description === DESCRIPTION)
  if (found !== undefined) known.add(found)
  return found
}

/** Releases the bytes. Call after the WebSocket has read them. */
export function forgetHead (request: IncomingMessage): void {
  const symbol = symbolOn(request)
  if (symbol !== undefined) Object.assign(request, { [symbol]: undefined })
}
