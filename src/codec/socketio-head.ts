// Reads the part of a Socket.IO packet before its JSON, in the same way as the official parser: `TYPE [ATTACHMENTS-] [/NAMESPACE,] [ID] [JSON]`.
// Pure: no clock, no I/O.

/** The types of packets, as their first character. */
export const TYPES = { connect: '0', disconnect: '1', event: '2', ack: '3', connectError: '4', binaryEvent: '5', binaryAck: '6' } as const

/** The fields of a packet before its JSON. */
export interface SocketioHead {
  readonly type: string
  /** Number of binary messages that follow; NaN when the packet has no number. */
  readonly attachments: number
  readonly nsp: string
  /** Index at which the JSON begins; the length of the text when there is no JSON. */
  readonly json: number
}

const BEGINS_JSON = '[{"'

/** Reads the head of a packet. Does not check that the text is a packet: the parser does. */
export function readHead (text: string): SocketioHead {
  const type = text.charAt(0)
  let at = 1
  let attachments = 0
  if (type === TYPES.binaryEvent || type === TYPES.binaryAck) {
    const dash = text.indexOf('-')
    attachments = dash < 2 ? NaN : Number(text.slice(1, dash))
    at = dash + 1
  }
  let nsp = '/'
  if (text.charAt(at) === '/') {
    const comma = text.indexOf(',', at)
    const end = comma < 0 ? text.length : comma
    nsp = text.slice(at, end)
    at = end + 1
  }
  // The parser reads the id with Number(), so white space around the digits is allowed.
  while (at < text.length && !BEGINS_JSON.includes(text.charAt(at))) at++
  return { type, attachments, nsp, json: Math.min(at, text.length) }
}
