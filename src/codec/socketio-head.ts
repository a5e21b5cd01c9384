// What stands before the JSON of a Socket.IO packet, read as the official parser reads it: `TYPE [ATTACHMENTS-] [/NAMESPACE,] [ID] [JSON]`.
// Pure: no clock, no I/O.

/** The types of packets, as their first character. */
export const TYPES = { connect: '0', disconnect: '1', event: '2', ack: '3', connectError: '4', binaryEvent: '5', binaryAck: '6' } as const

/** What a packet says before its JSON. */
export interface SocketioHead {
  readonly type: string
  /** How many binary messages follow; NaN where there is no number. */
  readonly attachments: number
  readonly nsp: string
  /** Where the JSON begins; the length of the text where there is none. */
  readonly json: number
}

const BEGINS_JSON = '[{"'

/** The head of a packet's text. Text that is no packet has one, too: whoever parses it finds out. */
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
  // The parser takes what Number() reads for the id: digits, and white space.
  while (at < text.length && !BEGINS_JSON.includes(text.charAt(at))) at++
  return { type, attachments, nsp, json: Math.min(at, text.length) }
}
