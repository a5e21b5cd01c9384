// Packets of Socket.IO protocol revision 1 (0.7 to 0.9), and its codec. Pure: no clock, no I/O, no Fastify.
import { ProtocolError } from './packet.js'
import type { AckKind, Codec, ErrorReason, WirePacket } from './packet.js'
import { detach, detachFrom } from './detach.js'
import { toJson } from './json.js'
import { decodePayload, encodePayload } from './revision-1-payload.js'

/** The noop packet. It answers a poll when no packet waits. */
export const NOOP = '8::'
/** The heartbeat packet. */
export const HEARTBEAT = '2::'
/** The disconnect packet of the whole connection. The old client never reconnects after it. */
export const DISCONNECT = '0::'
/** The connect packet of the default endpoint. */
export const CONNECT = '1::'
/** "client not handshaken", advice "reconnect": the answer to an unknown session. */
export const UNKNOWN_SESSION = '7:::1+0'

const COLON = 0x3a
const DIGIT_0 = 0x30
const TYPES = ['disconnect', 'connect', 'heartbeat', 'message', 'json', 'event', 'ack', 'error', 'noop'] as const
const REASONS: readonly ErrorReason[] = ['transport not supported', 'client not handshaken', 'unauthorized']
/** Clients count ids from 1, so an id never has more than 16 digits. */
const ID = /^(\d{0,16})(\+?)$/
const ACK_DATA = /^(\d{1,16})(?:\+([^]*))?$/
const ERROR_DATA = /^(\d*)(?:\+(\d+))?$/
const DIGITS = /^\d+$/

type AckRequest = { id?: string, ack?: AckKind }
const NO_ACK: AckRequest = {}

/** Parses the request for an acknowledgement. A `+` without an id is not a request (docs/revision-1.md, Packets). */
function parseAckRequest (id: string): AckRequest {
  if (id === '') return NO_ACK
  const match = ID.exec(id)
  if (match === null) throw new ProtocolError('an acknowledgement\'s id is not 1 to 16 decimal digits')
  return match[1] === '' ? NO_ACK : { id: detach(match[1] ?? ''), ack: match[2] === '' ? 'plain' : 'data' }
}

function parse (json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new ProtocolError('the data is not JSON')
  }
}

function parseList (json: string | undefined): unknown[] {
  const list = json === undefined || json === '' ? [] : parse(json)
  if (!Array.isArray(list)) throw new ProtocolError('the arguments are not a list')
  return list
}

function parseEvent (data: string): { name: string, args: unknown[] } {
  const event = parse(data)
  if (typeof event !== 'object' || event === null) throw new ProtocolError('the event is not an object')
  const { name, args = [] }: { name?: unknown, args?: unknown } = Object(event)
  if (typeof name !== 'string') throw new ProtocolError('the event has no name')
  if (!Array.isArray(args)) throw new ProtocolError('the arguments are not a list')
  return { name, args }
}

function parseError (endpoint: string, data: string): WirePacket {
  const match = ERROR_DATA.exec(data)
  if (match === null) throw new ProtocolError('the error does not have the form reason+advice')
  const reason = REASONS[Number(match[1] || NaN)]
  return { type: 'error', endpoint, ...(reason && { reason }), ...(match[2] === '0' && { advice: 'reconnect' }) }
}

/** Returns the index at which the JSON of a packet begins; undefined for packets without JSON. */
export function jsonStart (text: string): number | undefined {
  const type = TYPES[text.charCodeAt(0) - DIGIT_0]
  if (type !== 'json' && type !== 'event' && type !== 'ack') return undefined
  let colon = 1
  for (let count = 1; count < 3 && colon > 0; count++) colon = text.indexOf(':', colon + 1)
  const data = colon < 0 ? text.length : colon + 1
  return type === 'ack' ? Math.max(text.indexOf('+', data), data) : data
}

/** Decodes a packet, in a time linear in its length. @throws ProtocolError when the text is not a packet. */
function decodePacket (text: string): WirePacket {
  // TYPE ':' [ID ['+']] ':' [ENDPOINT] [':' DATA]: only the first three colons separate (docs/revision-1.md, Packets).
  const type = TYPES[text.charCodeAt(0) - DIGIT_0]
  const second = text.charCodeAt(1) === COLON ? text.indexOf(':', 2) : -1
  if (type === undefined || second < 0) throw new ProtocolError('not a packet')
  const third = text.indexOf(':', second + 1)
  const ackRequest = parseAckRequest(text.slice(2, second))
  const endpoint = detachFrom(text, text.slice(second + 1, third < 0 ? text.length : third))
  const data = third < 0 ? undefined : text.slice(third + 1)
  switch (type) {
    case 'connect': return data ? { type, endpoint, query: data } : { type, endpoint }
    case 'disconnect': return { type, endpoint }
    case 'message': return ackRequest === NO_ACK ? { type, endpoint, data: data ?? '' } : { type, endpoint, data: data ?? '', ...ackRequest }
    case 'json': return { type, endpoint, data: parse(data ?? ''), ...ackRequest }
    case 'event': return { type, endpoint, ...parseEvent(data ?? ''), ...ackRequest }
    case 'ack': {
      const ack = ACK_DATA.exec(data ?? '')
      if (ack === null) throw new ProtocolError('the acknowledgement has no id')
      return { type, endpoint, id: detach(ack[1] ?? ''), args: parseList(ack[2]) }
    }
    case 'error': return parseError(endpoint, data ?? '')
    case 'heartbeat':
    case 'noop': return { type }
    default: return type satisfies never
  }
}

/** Returns `type:id:endpoint`. The id is empty unless the packet asks for an acknowledgement. */
function head (type: number, endpoint = '', ackRequest: AckRequest = NO_ACK): string {
  if (endpoint.includes(':')) throw new ProtocolError('an endpoint cannot contain a colon')
  if (ackRequest.ack === undefined) return `${type}::${endpoint}`
  if (ackRequest.id === undefined || !DIGITS.test(ackRequest.id)) throw new ProtocolError('the id must be decimal digits')
  return `${type}:${ackRequest.id}${ackRequest.ack === 'data' ? '+' : ''}:${endpoint}`
}

function errorData ({ reason, advice }: { reason?: ErrorReason, advice?: 'reconnect' }): string {
  return `${reason === undefined ? '' : REASONS.indexOf(reason)}${advice === undefined ? '' : '+0'}`
}

/** Encodes a packet. @throws ProtocolError when it cannot be encoded (a colon in an endpoint, an id that is not a number). */
function encodePacket (packet: Parameters<Codec['encodePacket']>[0]): string {
  const { type } = packet
  switch (type) {
    case 'disconnect': return head(0, packet.endpoint)
    case 'connect': return head(1, packet.endpoint) + (packet.query ? `:${packet.query}` : '')
    case 'heartbeat': return HEARTBEAT
    // Empty text has no third colon (docs/revision-1.md, Packets).
    case 'message': return head(3, packet.endpoint, packet) + (packet.data === '' ? '' : `:${packet.data}`)
    case 'json': return `${head(4, packet.endpoint, packet)}:${toJson(packet.data)}`
    case 'event': {
      // `name` first; empty `args` are left out (docs/revision-1.md, Packets).
      const args = packet.args === undefined || packet.args.length === 0 ? '' : `,"args":${toJson(packet.args)}`
      return `${head(5, packet.endpoint, packet)}:{"name":${toJson(packet.name)}${args}}`
    }
    case 'ack': {
      if (!DIGITS.test(packet.id)) throw new ProtocolError('the id must be decimal digits')
      const args = packet.args === undefined || packet.args.length === 0 ? '' : `+${toJson(packet.args)}`
      return `${head(6, packet.endpoint)}:${packet.id}${args}`
    }
    case 'error': {
      const data = errorData(packet)
      return data === '' ? head(7, packet.endpoint) : `${head(7, packet.endpoint)}:${data}`
    }
    case 'noop': return NOOP
    default: return type satisfies never
  }
}

/** The codec of revision 1. */
export const revision1: Codec = { encodePacket, decodePacket, encodePayload, decodePayload }
