// The old client's files, which pages of the time load from the server: `<script src="/socket.io/socket.io.js">`.
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { BadOptionError, missingPeer } from '../errors.js'

/** Where they are asked for (WIRE.md 1), and their names in the client's `dist`. */
const FILES = [
  { url: '/socket.io.js', name: 'socket.io.js', type: 'application/javascript' },
  { url: '/static/flashsocket/WebSocketMain.swf', name: 'WebSocketMain.swf', type: 'application/x-shockwave-flash' },
  { url: '/static/flashsocket/WebSocketMainInsecure.swf', name: 'WebSocketMainInsecure.swf', type: 'application/x-shockwave-flash' }
] as const

const OPTIONS = { schema: { hide: true } as object, config: { socketio: { transport: null, dialect: 'revision 1' } } } as const

/** Serves the files in `folder`. They are public: the origin policy is for sessions. @throws FST_SIO_BAD_OPTION without the folder. */
export async function registerClientFiles (scope: FastifyInstance, path: string, folder: string): Promise<void> {
  const root = resolve(folder)
  const { default: fastifyStatic } = await import('@fastify/static').catch(missingPeer('serveClient', '@fastify/static'))
  const isFolder = await stat(root).then((found) => found.isDirectory(), () => false)
  if (!isFolder) throw new BadOptionError('serveClient', JSON.stringify(folder), 'false, or the folder of the client files')
  await scope.register(fastifyStatic, { root, serve: false, decorateReply: !scope.hasReplyDecorator('sendFile') })
  for (const { url, name, type } of FILES) {
    scope.get(path + url, OPTIONS, (_request, reply) => {
      return reply.type(type).sendFile(name, root, { contentType: false })
    })
  }
}

/** Where they are not served, the application answers for them; their URLs look like those of sessions. */
export function missClientFiles (scope: FastifyInstance, path: string): void {
  for (const { url } of FILES) scope.get(path + url, { ...OPTIONS, exposeHeadRoute: false }, (_request, reply) => { reply.callNotFound() })
}
