// Payloads of Engine.IO 4: frames as text, with a control character between them. Pure: no clock, no I/O, no Fastify.
import { detachFrom } from './detach.js'
import { isFrame, toText } from './engine-io.js'
import { ProtocolError, TooManyPacketsError } from './packet.js'
import type { Frame, PayloadCodec } from './packet.js'

/** The record separator. JSON always escapes it. */
const SEPARATOR = '\x1e'
/** The largest limit that `split` knows; more pieces than any text has. */
const MAX_SPLIT = 2 ** 32 - 1

function encodePayload (frames: readonly Frame[]): string {
  return frames.map((frame) => toText(frame, 4)).join(SEPARATOR)
}

function decodePayload (body: string | Buffer, maxPackets = Infinity): string[] {
  if (typeof body !== 'string') throw new ProtocolError('the payload is binary; Engine.IO 4 allows only text')
  if (!body.includes(SEPARATOR) && isFrame(body, 4) && maxPackets > 0) return [body] // most hold one
  const frames = body.split(SEPARATOR, Math.min(maxPackets + 1, MAX_SPLIT))
  if (frames.length > maxPackets) throw new TooManyPacketsError(maxPackets)
  if (!frames.every((frame) => isFrame(frame, 4))) throw new ProtocolError('not a packet')
  return frames.map((frame) => detachFrom(body, frame))
}

/** The payloads of every session of Engine.IO 4. */
export const engine4: PayloadCodec = { encodePayload, decodePayload }
