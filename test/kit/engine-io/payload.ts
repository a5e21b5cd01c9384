// Packets of Engine.IO 3 and 4 in the bodies and messages of each transport. Written from the protocol's documents, apart from the codecs
// under test, so that both cannot be wrong in the same way.
import type { Message } from '../websocket.js'

export type { Message }
export type Eio = 3 | 4

// ---- packets as text

const toText = (packet: Message, eio: Eio): string =>
  typeof packet === 'string' ? packet : `${eio === 4 ? 'b' : 'b4'}${packet.toString('base64')}`

/** A packet; binary messages are Buffers. */
function fromText (text: string, eio: Eio): Message {
  if (!text.startsWith('b')) return text
  if (eio === 3 && text[1] !== '4') throw new Error(`binary that is no message: ${text}`)
  return Buffer.from(text.slice(eio === 4 ? 1 : 2), 'base64')
}

// ---- bodies

/** Packets as the body of a POST. */
export function toBody (packets: readonly Message[], eio: Eio): string {
  const texts = packets.map((packet) => toText(packet, eio))
  return eio === 4 ? texts.join('\x1e') : texts.map((text) => `${text.length}:${text}`).join('')
}

/** The binary body of Engine.IO 3: 0 for text or 1 for binary, the decimal digits of the length in bytes as bytes, 255, the packet. */
export const toBinaryBody = (packets: readonly Message[]): Buffer => Buffer.concat(packets.flatMap((packet) => {
  const bytes = typeof packet === 'string' ? Buffer.from(packet) : Buffer.concat([Buffer.of(4), packet])
  return [Buffer.of(typeof packet === 'string' ? 0 : 1, ...[...String(bytes.length)].map(Number), 255), bytes]
}))

/** Reads such a body: packets as text, and binary ones with their type before them. */
function readBinary (body: Buffer): Message[] {
  const packets: Message[] = []
  for (let at = 0; at < body.length;) {
    const mark = body.indexOf(255, at)
    const end = mark + 1 + Number([...body.subarray(at + 1, mark)].join(''))
    const bytes = body.subarray(mark + 1, end)
    if (Number(body[at]) > 1 || mark <= at + 1 || bytes.length !== end - mark - 1) throw new Error(`no packet at ${at}: ${body.toString('hex')}`)
    packets.push(body[at] === 0 ? bytes.toString() : bytes)
    at = end
  }
  return packets
}

/** `length:packet` of Engine.IO 3; lengths count UTF-16 code units. */
function readLengths (body: string): string[] {
  const packets: string[] = []
  for (let at = 0; at < body.length;) {
    const colon = body.indexOf(':', at)
    const end = colon + 1 + Number(body.slice(at, colon))
    if (colon <= at || !(end <= body.length)) throw new Error(`no packet at ${at}: ${body}`)
    packets.push(body.slice(colon + 1, end))
    at = end
  }
  return packets
}

function fromBytes (bytes: Buffer): Buffer {
  if (bytes[0] !== 4) throw new Error(`binary that is no message: ${bytes.toString('hex')}`)
  return bytes.subarray(1)
}

/** The packets of an answer. @param script the index of the callback that the answer is to call, where it is a script */
export function readBody (body: Buffer, eio: Eio, script?: number): Message[] {
  const text = script === undefined ? body.toString() : readScript(body.toString(), script)
  if (eio === 4) return text.split('\x1e').map((packet) => fromText(packet, 4))
  if (script !== undefined || body[0] === undefined || body[0] > 1) return readLengths(text).map((packet) => fromText(packet, 3))
  return readBinary(body).map((packet) => typeof packet === 'string' ? packet : fromBytes(packet))
}

/** Evaluates the script as a browser of the time did: a raw line separator is a syntax error. */
function readScript (text: string, index: number): string {
  const [, called, literal] = /^___eio\[(\d+)\]\(("[^\u2028\u2029\n\r]*")\);$/.exec(text) ?? []
  if (called !== String(index) || literal === undefined) throw new Error(`not a callback: ${text}`)
  return JSON.parse(literal) as string
}

/** The form of a POST by script. A form changes newlines, so the client writes each as a backslash and an n, and doubles the backslash of those there were. */
export const toForm = (body: string): string => `d=${encodeURIComponent(body.replace(/\\n/g, '\\\\n').replace(/\n/g, '\\n'))}`

// ---- messages of WebSockets

/** @param base64 binary packets are text */
export function toMessage (packet: Message, eio: Eio, base64: boolean): Message {
  if (typeof packet === 'string') return packet
  if (base64) return toText(packet, eio)
  return eio === 4 ? packet : Buffer.concat([Buffer.of(4), packet])
}

export function fromMessage (message: Message, eio: Eio, base64: boolean): Message {
  if (typeof message === 'string') return fromText(message, eio)
  if (base64) throw new Error('binary for a client that takes only text')
  return eio === 4 ? message : fromBytes(message)
}

// ---- the versions side by side, for tests that write all packets as text

export interface Dialect {
  eio: Eio
  /** Packets as one body. */
  body (...packets: string[]): string
  /** The packets of an answer, in whichever form they come; binary ones as base64. @throws when there is a packet as bytes */
  packets (answer: Buffer): string[]
  /** A packet that a server takes without a word. */
  silent: string
}

function textsIn (packets: readonly Message[]): string[] {
  return packets.map((packet) => {
    if (typeof packet !== 'string') throw new Error(`no text packet: ${packet.toString('hex')}`)
    return packet
  })
}

export const ENGINE_4: Dialect = {
  eio: 4,
  body: (...packets) => toBody(packets, 4),
  packets: (answer) => answer.toString().split('\x1e'),
  silent: '3'
}

export const ENGINE_3: Dialect = {
  eio: 3,
  body: (...packets) => toBody(packets, 3),
  packets: (answer) => answer[0] === 0 || answer[0] === 1 ? textsIn(readBinary(answer)) : readLengths(answer.toString()),
  silent: '6'
}

export const DIALECTS: readonly Dialect[] = [ENGINE_3, ENGINE_4]

/** What an open packet says. */
export interface Handshake { sid: string, upgrades: string[], pingInterval: number, pingTimeout: number, maxPayload: number }

export function readOpen (packet = ''): Handshake {
  if (!packet.startsWith('0')) throw new Error(`not an open packet: ${packet}`)
  return JSON.parse(packet.slice(1)) as Handshake
}
