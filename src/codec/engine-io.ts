// Engine.IO packets: the common part of protocols 3 and 4, and their different binary messages. Pure.
import { ProtocolError } from './packet.js'
import type { Frame } from './packet.js'

/** The Engine.IO protocol: 3 for clients 1.x and 2.x, 4 for 3.x and 4.x. */
export type EngineVersion = 3 | 4

/** The first character of each type of packet. The rest of the text is the data. */
export const TYPE = { open: '0', close: '1', ping: '2', pong: '3', message: '4', upgrade: '5', noop: '6' } as const

type EngineType = keyof typeof TYPE

/** One packet. Only messages may be binary. */
export interface EnginePacket {
  type: EngineType
  data: string | Buffer
}

/** The probe of an upgrade, and the answer to it. */
export const PROBE = { ping: `${TYPE.ping}probe`, pong: `${TYPE.pong}probe` } as const

const TYPES = Object.keys(TYPE) as EngineType[]
const DIGIT_0 = 0x30
const MESSAGE_BYTE = Buffer.of(Number(TYPE.message))
/** Marks binary data that is written as base64 for transports that carry only text. */
const BASE64 = 'b'

/** Returns whether text can be a packet, by its first character. Only messages may be base64; 3 writes the type after the mark. */
export const isFrame = (text: string, version: EngineVersion): boolean =>
  TYPES[text.charCodeAt(0) - DIGIT_0] !== undefined || text.startsWith(version === 4 ? BASE64 : `${BASE64}${TYPE.message}`)

/** Binary data of the application, which the official Server passes on unchanged, as a Buffer. */
export type Binary = ArrayBuffer | ArrayBufferView

function toBuffer (data: Binary): Buffer {
  if (Buffer.isBuffer(data)) return data
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data)
}

/** Encodes a message. Only protocol 3 writes the type before binary data. */
export function encodeMessage (data: string | Binary, version: EngineVersion): Frame {
  if (typeof data === 'string') return TYPE.message + data
  return version === 4 ? toBuffer(data) : Buffer.concat([MESSAGE_BYTE, toBuffer(data)])
}

/** Encodes a frame as text, for clients that accept only text. */
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
