// What @fastify/websocket and Node note on an upgrade, and have no public name for.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

/** A symbol that the library marks requests with, by its description; it has another one in each copy that is loaded. */
function markOf (request: IncomingMessage, marks: Set<symbol>, name: string): symbol | undefined {
  for (const mark of marks) if (Object.hasOwn(request, mark)) return mark
  const found = Object.getOwnPropertySymbols(request).find(({ description }) => description === name)
  if (found !== undefined) marks.add(found)
  return found
}

const sockets = new Set<symbol>()
const heads = new Set<symbol>()

/** @fastify/websocket marks a request that it has dispatched with the socket. */
export const isDispatched = (request: IncomingMessage): boolean => markOf(request, sockets, 'ws-socket') !== undefined

/** What came behind the request is with the WebSocket by now; the mark would keep all that was read with it. */
export function forgetHead (request: IncomingMessage): void {
  const mark = markOf(request, heads, 'ws-head')
  if (mark !== undefined) Object.assign(request, { [mark]: undefined })
}

/** The answer that has the connection: Node's place for it. */
export const answerOn = (socket: Duplex): ServerResponse | undefined => (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
