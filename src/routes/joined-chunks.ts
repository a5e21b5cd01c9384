// Joins the chunks of bodies that arrive in many small chunks. Fastify keeps each chunk separately, which takes additional memory: some hundred bytes for a
// chunk of one byte, which has six bytes on the wire.
import { pipeline, Transform } from 'node:stream'
import type { TransformCallback } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** Bytes of the first block. Each further block is twice as large, up to LARGEST_BLOCK. So little memory is allocated for a client that sends little. */
const FIRST_BLOCK = 512
const LARGEST_BLOCK = 16 * 1024

/** Joins chunks to blocks. */
class Joined extends Transform {
  #block = Buffer.alloc(0)
  #length = 0
  #size = FIRST_BLOCK
  /** Bytes that the body may still have. A body above its limit is passed on at once, so that Fastify refuses it. */
  #rest: number

  constructor (limit: number) {
    super()
    this.#rest = limit
  }

  override _transform (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#rest -= chunk.length
    if (this.#length + chunk.length > this.#block.length || this.#rest < 0) this.#pass()
    if (chunk.length >= this.#size || this.#rest < 0) return done(null, chunk)
    if (this.#length === 0) this.#block = Buffer.allocUnsafeSlow(this.#size)
    this.#length += chunk.copy(this.#block, this.#length)
    done()
  }

  override _flush (done: TransformCallback): void {
    this.#pass()
    done()
  }

  #pass (): void {
    if (this.#length === 0) return
    this.push(this.#block.subarray(0, this.#length))
    this.#length = 0
    this.#size = Math.min(this.#size * 2, LARGEST_BLOCK)
  }
}

/** Returns whether chunks may be smaller than network packets: with chunked encoding, which browsers do not use, and in HTTP/2. */
const mayBeSmall = ({ headers, raw }: FastifyRequest): boolean => headers['transfer-encoding'] !== undefined || raw.httpVersionMajor === 2

/** Joins small chunks of bodies before Fastify reads them. */
export function joinChunks (scope: FastifyInstance): void {
  scope.addHook('preParsing', (request, _reply, payload, done) => {
    if (request.method === 'GET' || !mayBeSmall(request)) return done(null, payload)
    done(null, pipeline(payload, new Joined(request.routeOptions.bodyLimit), () => {})) // the reader handles the errors
  })
}
