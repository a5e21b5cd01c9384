// Connects Fastify's replies with streams, which do not depend on Fastify.
import { Socket as TcpSocket } from 'node:net'
import { PassThrough } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { revision1 } from '../codec/revision-1.js'
import type { Engine } from '../engine/engine.js'
import type { TransportListener, TransportName } from '../session/transport.js'
import { StreamTransport } from '../transports/stream.js'
import type { StreamFormat } from '../transports/stream.js'

/**
 * Resets a connection whose client does not read. So the kernel also discards the bytes that it has not sent yet: up to four megabytes, which no option limits,
 * and which it would keep for minutes after an ordinary close. Only TCP connections can be reset; others are destroyed.
 */
export function reset (connection: { resetAndDestroy (): unknown, destroy (): unknown }): void {
  try {
    connection.resetAndDestroy()
  } catch {
    connection.destroy()
  }
}

/** Resets the connection of an answer. In HTTP/2, only the stream is destroyed, because the connection carries other requests too. */
export const cutOff = ({ raw, request }: FastifyReply): void => {
  const { httpVersionMajor, socket } = request.raw
  if (httpVersionMajor === 1 && socket instanceof TcpSocket) reset(socket) // with `inject` it is not a TCP socket
  else raw.destroy()
}

/** A stream that a GET opens. */
export interface StreamRequest {
  readonly engine: Engine
  readonly name: TransportName
  readonly format: StreamFormat
}

/** Answers a GET with a stream. */
export function openStream ({ engine, name, format }: StreamRequest, reply: FastifyReply, listener: TransportListener): StreamTransport {
  const stream = new PassThrough()
  const connection = reply.raw.socket
  const transport = new StreamTransport({
    name,
    listener,
    codec: revision1,
    format,
    stream,
    pending: () => stream.writableLength + stream.readableLength + reply.raw.writableLength,
    onFlushed: (listener) => { reply.raw.on('drain', listener) },
    destroy: () => { reply.raw.destroy() },
    reset: () => cutOff(reply),
    wheel: engine.wheel
  })
  reply.raw.once('close', () => transport.gone())
  // The headers of the answer have announced that the connection is kept alive. That would delay a shutdown.
  reply.raw.once('finish', () => { if (engine.closing) connection?.end() })
  reply.send(stream)
  return transport
}
