// Upgrades with any `Sec-WebSocket-Key`. ws accepts only keys of 16 bytes. The old server of revision 1 accepted all keys, and some of its clients send others
// (docs/revision-1.md, Transports). So ws gets another key, and the answer is changed to the one for the key of the client.
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance } from 'fastify'

/** The keys that ws accepts. */
const ACCEPTED = /^[+/0-9A-Za-z]{22}==$/
const PLACEHOLDER = 'AAAAAAAAAAAAAAAAAAAAAA=='
/** RFC 6455, section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const NAME = 'sec-websocket-key'

/** The keys of clients whose upgrade has a placeholder. */
const keys = new WeakMap<IncomingMessage, string>()

/** Calls a function that gives the request to ws. The request has a key that ws accepts while the function runs, unless it has no key. */
export function withAcceptedKey <Result> (request: IncomingMessage, upgrade: () => Result): Result {
  const { headers } = request
  const { [NAME]: key } = headers
  if (!key || ACCEPTED.test(key)) return upgrade()
  keys.set(request, key)
  headers[NAME] = PLACEHOLDER
  try {
    return upgrade()
  } finally {
    headers[NAME] = key
  }
}

/** Makes the WebSocket server of a scope answer with the digest of the client's own key. */
export function answerOwnKeys ({ websocketServer }: FastifyInstance): void {
  websocketServer.on('headers', (lines: string[], request: IncomingMessage) => {
    const key = keys.get(request)
    if (key === undefined) return
    keys.delete(request) // another registration of this plugin may listen too
    const digest = createHash('sha1').update(key + GUID, 'latin1').digest('base64') // Node reads headers as latin1
    const at = lines.findIndex((line) => /^sec-websocket-accept:/i.test(line))
    lines[at] = `Sec-WebSocket-Accept: ${digest}`
  })
}
