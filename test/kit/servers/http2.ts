// An app that speaks HTTP/2, and one connection of a client to it.
import { connect } from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream, OutgoingHttpHeaders } from 'node:http2'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import socketioTransports from '../../../src/index.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import type { Teardown } from '../teardown.js'
import { newApp, portOf } from './app.js'

export interface Http2App {
  app: FastifyInstance
  session: ClientHttp2Session
  /** A request; without a body, a GET. */
  ask (path: string, body?: string, headers?: OutgoingHttpHeaders): ClientHttp2Stream
}

/** @param prepare is called before the plugin is registered */
export async function serveHttp2 (t: Teardown, options: SocketioTransportsOptions = {}, prepare: (app: FastifyInstance) => unknown = () => {}): Promise<Http2App> {
  const app = newApp(t, { http2: true, forceCloseConnections: false } as FastifyServerOptions)
  prepare(app)
  await app.register(socketioTransports, options)
  const session = connect(`http://127.0.0.1:${await portOf(app)}`)
  t.teardown(() => session.destroy())
  return {
    app,
    session,
    ask (path, body, headers = {}) {
      const stream = session.request({ ':path': path, ':method': body === undefined ? 'GET' : 'POST', ...headers }).on('error', () => {})
      stream.end(body)
      return stream
    }
  }
}
