// Serves the client's files, which pages load from the server: `<script src="/socket.io/socket.io.js">`.
import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { BadOptionError, missingPeer } from '../errors.js'

interface ClientFile { url: string, name: string, type: string }

/** Suffixes of the builds of all client releases: `.min` since 0.9, `.dev` and `.slim` in 1.x and 2.x, `.esm` and `.msgpack` since 3. */
const BUILDS = ['', '.min', '.esm.min', '.msgpack.min', '.slim', '.slim.min', '.dev', '.slim.dev']

/** Current builds contain UTF-8. Without a charset, a page with another encoding would read them in its own. */
const CHARSET = '; charset=utf-8'

const toScript = (build: string): ClientFile[] => [
  { url: `/socket.io${build}.js`, name: `socket.io${build}.js`, type: 'application/javascript' },
  { url: `/socket.io${build}.js.map`, name: `socket.io${build}.js.map`, type: 'application/json' }
]

const FLASH = ['WebSocketMain.swf', 'WebSocketMainInsecure.swf']
const toFlash = (name: string): ClientFile => ({ url: `/static/flashsocket/${name}`, name, type: 'application/x-shockwave-flash' })

/** The URLs of the files (docs/revision-1.md, URLs; socket.io's own server has the same URLs), and their names in the folder `dist` of a client. */
const FILES: readonly ClientFile[] = [
  ...BUILDS.flatMap(toScript),
  ...FLASH.map(toFlash)
]

const OPTIONS = { schema: { hide: true } as object, config: { socketio: { transport: null, dialect: 'revision 1' } } } as const

/** Adds a route that passes the URL of a file to the application's 404 handler. Otherwise a route of revision 1 would match the URL. */
function miss (scope: FastifyInstance, url: string): void {
  scope.get(url, { ...OPTIONS, exposeHeadRoute: false }, (_request, reply) => { reply.callNotFound() })
}

/**
 * Serves the files in `folder`, of any version of the client. They are public, also for `import` from other origins: the origin policy protects only
 * sessions. @throws FST_SIO_BAD_OPTION when the folder cannot be read, FST_SIO_MISSING_PEER without @fastify/static.
 */
export async function registerClientFiles (scope: FastifyInstance, path: string, folder: string): Promise<void> {
  const root = resolve(folder)
  const { default: fastifyStatic } = await import('@fastify/static').catch(missingPeer('option "serveClient"', '@fastify/static'))
  const found = await readdir(root).catch(() => {
    throw new BadOptionError('serveClient', JSON.stringify(folder), 'true, false, or the folder of the client files')
  })
  const old = FLASH.some((name) => found.includes(name)) // the files of 0.9 are ASCII, and its server sent neither a charset nor CORS headers
  await scope.register(fastifyStatic, { root, serve: false, decorateReply: !scope.hasReplyDecorator('sendFile') })
  for (const { url, name, type } of FILES) {
    if (!found.includes(name)) {
      miss(scope, path + url)
      continue
    }
    scope.get(path + url, OPTIONS, (_request, reply) => {
      // For pages of other origins, if the app sends `same-origin` with every answer, as @fastify/helmet does.
      reply.header('cross-origin-resource-policy', 'cross-origin')
      // For `import` from other origins, unless an app-wide @fastify/cors has set the header.
      if (!old && !reply.hasHeader('access-control-allow-origin')) reply.header('access-control-allow-origin', '*')
      return reply.type(old ? type : type + CHARSET).sendFile(name, root, { contentType: false })
    })
  }
}

/** Passes the URLs of all files to the application's 404 handler. For apps that do not serve the files. */
export function missClientFiles (scope: FastifyInstance, path: string): void {
  for (const { url } of FILES) miss(scope, path + url)
}
