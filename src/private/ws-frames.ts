// Private part of ws: the function that makes frames.
// What: `Sender.frame(data, options)`. ws exports `Sender` and does not document `frame`; socket.io-adapter uses it for broadcasts. Seen in
//   8.0 to 8.23. Bun has a `ws` of its own, whose `Sender` has no `frame`.
// When it is gone, or makes other bytes: checked once, when this module is loaded. `canWriteFrames` is false then, and each message is framed and
//   written by the WebSocket's own `send`. The bytes on the wire are the same, but a broadcast takes more work for each receiver.
import * as ws from 'ws'
import { hasLatin1OnTls } from '../runtime.js'

declare module 'ws' {
  const Sender: { frame?: MakeFrame } | undefined
}

export interface FrameOptions { fin: boolean, opcode: number, mask: boolean, readOnly: boolean, rsv1: boolean }

type MakeFrame = (data: Buffer, options: FrameOptions) => [Buffer] | [Buffer, Buffer]

/** Frames of RFC 6455, 5.2 and 5.7: one for each of the three forms of the length. */
const EXAMPLES: readonly [payload: Buffer, head: number[]][] = [
  [Buffer.from('a'), [0x81, 1]],
  [Buffer.alloc(126), [0x81, 126, 0, 126]],
  [Buffer.alloc(65_536), [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]]
]

function isRight (makeFrame: MakeFrame): boolean {
  const options: FrameOptions = { fin: true, opcode: 1, mask: false, readOnly: true, rsv1: false }
  return EXAMPLES.every(([payload, head]) => Buffer.concat(makeFrame(payload, options)).equals(Buffer.concat([Buffer.from(head), payload])))
}

function find (): MakeFrame | undefined {
  try {
    const { Sender } = ws
    const found: MakeFrame | undefined = Sender?.frame?.bind(Sender)
    return found !== undefined && isRight(found) ? found : undefined
  } catch {
    return undefined
  }
}

const found = find()

/** Whether {@link makeFrame} can be called, and its frames be written to this connection, also as Latin-1. */
export const canWriteFrames = (connection: object): boolean => found !== undefined && (hasLatin1OnTls || !('encrypted' in connection))

/** Makes the buffers of one frame: head and payload, or one buffer with both. */
export const makeFrame: MakeFrame = found ?? (() => { throw new Error('Sender.frame of ws is missing') })
