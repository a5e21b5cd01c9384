// The old client's files, which pages of the time load from the server: `<script src="/socket.io/socket.io.js">`.
import { isAbsolute, resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { MissingPeerError } from '../errors.js'

/** Where they are asked for (WIRE.md 1), and their names in the client's `dist`. */
const FILES = [
  { url: '/socket.io.js', name: 'socket.io.js', type: 'application/javascript' },
  { url: '/static/flashsocket/WebSocketMain.swf', name: 'WebSocketMain.swf', type: 'application/x-shockwave-flash' },
  { url: '/static/flashsocket/WebSocketMainInsecure.swf', name: 'WebSocketMainInsecure.swf', type: 'application/x-shockwave-flash' }
] as const

async function importStatic () {
  try {
    return (await import('@fastify/static')).default
  } catch {
    throw new MissingPeerError('serveClient', '@fastify/static')
  }
}

/** Serves the files in `folder`. They are public: the origin policy is for sessions. */
export async function registerClientFiles (scope: FastifyInstance, path: string, folder: string): Promise<void> {
  const root = isAbsolute(folder) ? folder : resolve(folder)
  const fastifyStatic = await importStatic()
  await scope.register(fastifyStatic, { root, serve: false, decorateReply: !scope.hasReplyDecorator('sendFile') })
  const config = { socketio: { transport: null, dialect: 'revision 1' } } as const
  for (const { url, name, type } of FILES) {
    scope.get(path + url, { schema: { hide: true } as object, config }, (_request, reply) => {
      return reply.type(type).sendFile(name, root, { contentType: false })
    })
  }
}
