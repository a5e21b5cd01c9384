// A WebSocket down to its bytes: what libraries hide (frame headers, fragments, silence after a close frame).
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Socket as TcpSocket } from 'node:net'
import { until } from '../waiting.js'

const MASK = [1, 2, 3, 4]

/** A client's frame, for payloads below 126 bytes. */
export function clientFrame (opcode: number, payload: string | Buffer, last = true): Buffer {
  const data = Buffer.from(payload)
  return Buffer.concat([
    Buffer.from([(last ? 0x80 : 0) | opcode, 0x80 | data.length, ...MASK]),
    data.map((byte, i) => byte ^ Number(MASK[i % 4]))
  ])
}

export interface RawWebSocket {
  response: IncomingMessage
  socket: TcpSocket
  /** All bytes that came after the answer's head. */
  bytes (count: number): Promise<Buffer>
  received (): Buffer
}

export async function upgrade (url: string): Promise<RawWebSocket> {
  const request = httpRequest(url, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      'sec-websocket-extensions': 'permessage-deflate'
    }
  }).end()
  const [response, socket, head] = await once(request, 'upgrade') as [IncomingMessage, TcpSocket, Buffer]
  let chunks: Buffer[] = [head]
  let length = head.length
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    length += chunk.length
  })
  socket.on('error', () => {})
  const received = (): Buffer => {
    const all = Buffer.concat(chunks)
    chunks = [all]
    return all
  }
  return {
    response,
    socket,
    received,
    async bytes (count) {
      await until(() => length >= count)
      return received().subarray(0, count)
    }
  }
}
