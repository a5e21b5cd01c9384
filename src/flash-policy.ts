// The Flash policy responder. Flash requests a policy file from a server before it opens a socket to it, by plain TCP, not HTTP.
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Server as TcpServer, Socket as TcpSocket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { FlashPolicyOptions, OriginOption } from '../types/options.js'
import { BadOptionError } from './errors.js'

const REQUEST = '<policy-file-request/>\0'
/** The port to which Flash clients from 0.8 on send the request (docs/revision-1.md, Flash). */
const DEFAULT_PORT = 10_843
/** Limits of the policy port: connections at a time, and the duration of each, ms. */
const MAX_CONNECTIONS = 100
const TIME_LIMIT = 2000

/** Returns `host:*` for each origin that is given as a string. */
function fromOrigins (origin: OriginOption | undefined): string[] {
  const values: unknown[] = Array.isArray(origin) ? origin : [origin]
  return values.filter((value): value is string => typeof value === 'string' && URL.canParse(value))
    .map((value) => `${new URL(value).hostname}:*`)
}

/** Makes the policy file, with one entry for each allowed `host:port`. */
function policyFile (allow: readonly string[]): string {
  const entries = allow.map((entry) => {
    const [domain, ports] = entry.split(':')
    return `<allow-access-from domain="${domain}" to-ports="${ports}"/>`
  })
  return '<?xml version="1.0"?><!DOCTYPE cross-domain-policy SYSTEM "http://www.macromedia.com/xml/dtds/cross-domain-policy.dtd">' +
    `<cross-domain-policy>${entries.join('')}</cross-domain-policy>`
}

/** Sends the policy at once, without waiting for the request, as the old server did. All received bytes are discarded. */
function answer (socket: TcpSocket, policy: string): void {
  socket.on('error', () => socket.destroy())
  // Not `socket.setTimeout`, because a client could put it off for ever by sending single bytes.
  const limit = setTimeout(() => socket.destroy(), TIME_LIMIT).unref()
  socket.on('close', () => clearTimeout(limit))
  socket.resume()
  socket.end(policy)
}

/** Listens on the port. @throws the system's error when it cannot. The app then does not start. */
async function openPort (policy: string, port: number, host: string): Promise<TcpServer> {
  const server = createServer((socket) => answer(socket, policy))
  server.maxConnections = MAX_CONNECTIONS
  await once(server.listen(port, host), 'listening')
  return server
}

/** Answers policy requests on the port of the app: Node's HTTP parser fails on them and reports the bytes. Works if the request came in one segment. */
function answerInline (app: FastifyInstance, policy: string): void {
  app.server.prependListener('clientError', (error: Error & { rawPacket?: Buffer }, socket: TcpSocket) => {
    if (error.rawPacket?.toString('latin1') === REQUEST && socket.writable) socket.end(policy)
  })
}

/** Starts the responder with the app. @throws FST_SIO_BAD_OPTION when neither `allow` nor `cors.origin` names an origin. */
export function registerFlashPolicy (app: FastifyInstance, options: FlashPolicyOptions, origin: OriginOption | undefined): void {
  const { port = DEFAULT_PORT, host = '127.0.0.1', inline = true, allow = fromOrigins(origin) } = options
  if (allow.length === 0) {
    throw new BadOptionError('flashPolicy.allow', 'missing', 'a list of "host:port"; it is required, because cors.origin contains no string')
  }
  const policy = policyFile(allow)
  if (inline) answerInline(app, policy)
  if (port === false) return
  let server: TcpServer | undefined
  app.addHook('onReady', async () => {
    server = await openPort(policy, port, host)
    app.log.info({ port, host }, 'listening for Flash policy requests')
  })
  app.addHook('preClose', async () => { server?.close() })
}
