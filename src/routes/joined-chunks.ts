// Bodies that come in very many small pieces. Fastify keeps each piece as it has come, which takes memory of its own: some hundred bytes for a chunk of one,
// which is six bytes on the wire.
import { pipeline, Transform } from 'node:stream'
import type { TransformCallback } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'

/** The first block has so many bytes, each further one twice as many as the one before, up to the most: who sends little makes us keep little. */
const FIRST = 512
const MOST = 16 * 1024

/** Joins pieces to blocks. */
class Joined extends Transform {
  #block = Buffer.alloc(0)
  #length = 0
  #size = FIRST
  /** What may still come, bytes. */
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
    this.#size = Math.min(this.#size * 2, MOST)
  }
}

/** Whether pieces may be smaller than what the network carries at a time. Browsers send no chunks. */
const mayBeSmall = ({ headers, raw }: FastifyRequest): boolean => headers['transfer-encoding'] !== undefined || raw.httpVersionMajor === 2

/** Has bodies read in pieces that are worth their memory. */
export function joinChunks (scope: FastifyInstance): void {
  scope.addHook('preParsing', (request, _reply, payload, done) => {
    if (request.method === 'GET' || !mayBeSmall(request)) return done(null, payload)
    done(null, pipeline(payload, new Joined(request.routeOptions.bodyLimit), () => {})) // whoever reads it hears of its errors
  })
}
