// Frames as messages of a WebSocket and as bodies of POSTs, in the form of each dialect. Text that is no UTF-8 stays as it is.
import type { Frame } from './script.js'
import { message } from './websocket.js'

export type Dialect = 'revision 1' | 'engine 3' | 'engine 4'

/** A body with its type. */
export interface Body { body: Buffer, type: string }

const TEXT = 'text/plain;charset=UTF-8'
const FORM = 'application/x-www-form-urlencoded'
const MARK = '\ufffd'

const latin1 = (bytes: string): Buffer => Buffer.from(bytes, 'latin1')

/** The bytes of a frame where only text goes. */
function textBytes (frame: Frame, dialect: Dialect): Buffer {
  if (typeof frame === 'string') return Buffer.from(frame)
  if ('raw' in frame) return latin1(frame.raw)
  return Buffer.from(`${dialect === 'engine 4' ? 'b' : 'b4'}${latin1(frame.binary).toString('base64')}`)
}

export function toMessage (frame: Frame, dialect: Dialect): Buffer {
  if (typeof frame === 'string' || 'raw' in frame) return message('text', textBytes(frame, dialect))
  return message('binary', latin1(dialect === 'engine 3' ? `\x04${frame.binary}` : frame.binary))
}

/** As Engine.IO 3 takes binary payloads. */
export function toBinaryPayload (frames: readonly Frame[]): Body {
  const pieces = frames.flatMap((frame) => {
    const isBinary = typeof frame !== 'string' && 'binary' in frame
    const bytes = isBinary ? latin1(`\x04${frame.binary}`) : textBytes(frame, 'engine 3')
    return [Buffer.from([isBinary ? 1 : 0, ...String(bytes.length).split('').map(Number), 255]), bytes]
  })
  return { body: Buffer.concat(pieces), type: 'application/octet-stream' }
}

/** With lengths in UTF-16 units, as the server counts what it has decoded. */
function framed (pieces: readonly Buffer[], head: (length: number) => string): Buffer {
  return Buffer.concat(pieces.flatMap((bytes) => [Buffer.from(head(bytes.toString().length)), bytes]))
}

function payload (frames: readonly Frame[], dialect: Dialect): Buffer {
  const pieces = frames.map((frame) => textBytes(frame, dialect))
  switch (dialect) {
    case 'revision 1': return pieces.length === 1 ? pieces[0] ?? Buffer.alloc(0) : framed(pieces, (length) => `${MARK}${length}${MARK}`)
    case 'engine 3': return framed(pieces, (length) => `${length}:`)
    case 'engine 4': return Buffer.concat(pieces.flatMap((bytes, i) => i === 0 ? [bytes] : [Buffer.of(0x1e), bytes]))
    default: return dialect satisfies never
  }
}

export const toPayload = (frames: readonly Frame[], dialect: Dialect): Body => ({ body: payload(frames, dialect), type: TEXT })

const escaped = (bytes: Buffer): string => bytes.toString('latin1').replace(/[^\w.-]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(2, '0')}`)

/** As a form sends it. Revision 1 writes a JSON string, Engine.IO the text with its newlines escaped. */
export function toForm (frames: readonly Frame[], dialect: Dialect): Body {
  const bytes = payload(frames, dialect)
  const text = dialect === 'revision 1' ? Buffer.from(JSON.stringify(bytes.toString())) : latin1(bytes.toString('latin1').replace(/\\n/g, '\\\\n').replace(/\n/g, '\\n'))
  return { body: latin1(`d=${escaped(text)}`), type: FORM }
}
