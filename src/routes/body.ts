// Parsers for the bodies of POSTs. The Content-Type is not used (docs/revision-1.md, Transports), except for binary payloads of Engine.IO 3.
import type { FastifyInstance } from 'fastify'

const BINARY = /^application\/octet-stream\b/
const ANY = /^/

/** Adds parsers that read binary payloads as a Buffer, and every other body as text. */
export function addParsers (scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  const text = { parseAs: 'string' } as const
  scope.addContentTypeParser<string>('*', text, (_request, body, done) => done(null, body)) // bodies without a Content-Type
  // Fastify caches which Content-Types an expression matches. For `*` it would parse the header of each request again.
  scope.addContentTypeParser<string>(ANY, text, (_request, body, done) => done(null, body))
  scope.addContentTypeParser<Buffer>(BINARY, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}
