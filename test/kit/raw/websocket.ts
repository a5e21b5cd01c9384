// A WebSocket down to its bytes, for what libraries hide: frame headers, fragments, compression, silence after a close frame. To read and
// write whole messages take `kit/websocket.ts`.
import { constants, inflateRawSync } from 'node:zlib'
import type { Teardown } from '../teardown.js'
import { RawConnection } from './connection.js'
import { FIN, frame, OPCODE, RSV1 } from './frames.js'
import { head, parse, UPGRADE } from './http.js'

/** The line that offers, or agrees to, compression. */
export const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate'

/** A connection that is one. What comes after the head of the answer can be taken. */
export class RawWebSocket extends RawConnection {
  /** Of the answer. */
  headers: Record<string, string> = {}

  /** Asks for the upgrade. @throws when it is refused */
  async open (url: string, ...lines: string[]): Promise<this> {
    await this.write(head('GET', url, ...UPGRADE, ...lines))
    const { status, head: answer, body } = await this.answer()
    if (status !== 101) throw new Error(`${url}: ${status} ${body}`)
    this.headers = parse(answer).headers
    return this
  }

  /** Sends a text in one frame. */
  send (text: string): Promise<void> { return this.write(frame(FIN | OPCODE.text, text)) }

  /** Takes one frame, as text. @throws when it is no text, which may be compressed */
  async takeText (): Promise<string> {
    const [first = 0, short = 0] = await this.take(2)
    const length = short < 126 ? short : short === 126 ? (await this.take(2)).readUInt16BE() : Number((await this.take(8)).readBigUInt64BE())
    const payload = await this.take(length)
    if (first === (FIN | OPCODE.text)) return payload.toString()
    if (first === (FIN | RSV1 | OPCODE.text)) return inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).toString()
    throw new Error(`a frame that begins with ${first.toString(16)} and holds ${payload.toString('hex')}`)
  }
}

/** A WebSocket that is destroyed with the test. @param lines more lines of the request; by default it offers compression, as browsers do */
export async function rawWebSocket (t: Teardown, url: string, lines: readonly string[] = [DEFLATE]): Promise<RawWebSocket> {
  const raw = new RawWebSocket(Number(new URL(url).port))
  t.teardown(() => raw.socket.destroy())
  return await raw.open(url, ...lines)
}
