// Engine.IO packets: what protocols 3 and 4 have in common, and how a message that is binary differs. Pure: no clock, no I/O, no
// Fastify.
import { ProtocolError } from './packet.js'
import type { Frame } from './packet.js'

/** The Engine.IO protocol: 3 for clients 1.x and 2.x, 4 for 3.x and 4.x. */
export type EngineVersion = 3 | 4

/** The types of packets, as their first character; text after it is the packet's data. */
export const TYPE = { open: '0', close: '1', ping: '2', pong: '3', message: '4', upgrade: '5', noop: '6' } as const

type EngineType = keyof typeof TYPE

/** One packet. Only messages may be binary. */
export interface EnginePacket {
  type: EngineType
  data: string | Buffer
}

/** What a client sends on a WebSocket to find out whether it goes through, and what it hears then. */
export const PROBE = { ping: `${TYPE.ping}probe`, pong: `${TYPE.pong}probe` } as const

const TYPES = Object.keys(TYPE) as EngineType[]
const DIGIT_0 = 0x30
const MESSAGE_BYTE = Buffer.of(Number(TYPE.message))
/** Marks binary written as base64, where only text goes. */
const BASE64 = 'b'

/** Whether text can be a packet: its first character says so. Only messages may be base64, which 3 says again. */
export const isFrame = (text: string, version: EngineVersion): boolean =>
  TYPES[text.charCodeAt(0) - DIGIT_0] !== undefined || text.startsWith(version === 4 ? BASE64 : `${BASE64}${TYPE.message}`)

/** Binary as it may be written: the official Server hands on what it was given. */
export type Binary = ArrayBuffer | ArrayBufferView

function toBuffer (data: Binary): Buffer {
  if (Buffer.isBuffer(data)) return data
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data)
}

/** A message as a frame. Binary has its type before it in protocol 3 only. */
export function encodeMessage (data: string | Binary, version: EngineVersion): Frame {
  if (typeof data === 'string') return TYPE.message + data
  return version === 4 ? toBuffer(data) : Buffer.concat([MESSAGE_BYTE, toBuffer(data)])
}

/** A frame for clients that take only text. */
export function toText (frame: Frame, version: EngineVersion): string {
  if (typeof frame === 'string') return frame
  return version === 4 ? BASE64 + frame.toString('base64') : `${BASE64}${frame[0] ?? ''}${frame.toString('base64', 1)}`
}

function decodeBinary (frame: Buffer, version: EngineVersion): EnginePacket {
  if (version === 4) return { type: 'message', data: frame }
  if (frame[0] !== MESSAGE_BYTE[0]) throw new ProtocolError('a binary packet is not a message')
  return { type: 'message', data: frame.subarray(1) }
}

function decodeBase64 (text: string, version: EngineVersion): EnginePacket {
  return { type: 'message', data: Buffer.from(text.slice(version === 4 ? 1 : 2), 'base64') }
}

/** Decodes a frame. @throws ProtocolError when the frame is not a packet. */
export function decodePacket (frame: Frame, version: EngineVersion): EnginePacket {
  if (typeof frame !== 'string') return decodeBinary(frame, version)
  const type = TYPES[frame.charCodeAt(0) - DIGIT_0]
  if (type !== undefined) return { type, data: frame.slice(1) }
  if (!isFrame(frame, version)) throw new ProtocolError('not a packet')
  return decodeBase64(frame, version)
}
