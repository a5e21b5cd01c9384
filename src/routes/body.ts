// How the bodies of POSTs are read. The Content-Type says nothing (docs/revision-1.md, Transports), except for binary payloads of Engine.IO 3.
import type { FastifyInstance } from 'fastify'

const BINARY = /^application\/octet-stream\b/
const ANY = /^/

/** Has every body read as text, but binary ones. */
export function addParsers (scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  const text = { parseAs: 'string' } as const
  scope.addContentTypeParser<string>('*', text, (_request, body, done) => done(null, body)) // those without a type
  // The router remembers what an expression matches; for what is left to `*` it reads the header anew each time.
  scope.addContentTypeParser<string>(ANY, text, (_request, body, done) => done(null, body))
  scope.addContentTypeParser<Buffer>(BINARY, { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
}
