// The client's files, which pages load from the server: `<script src="/socket.io/socket.io.js">`.
import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { BadOptionError, missingPeer } from '../errors.js'

interface ClientFile { url: string, name: string, type: string }

/** Every build that a client release has come in: `.min` since 0.9, `.dev` and `.slim` in 1.x and 2.x, `.esm` and `.msgpack` since 3. */
const BUILDS = ['', '.min', '.esm.min', '.msgpack.min', '.slim', '.slim.min', '.dev', '.slim.dev']

/** Today's builds hold UTF-8, and a page may have another encoding. */
const CHARSET = '; charset=utf-8'

const toScript = (build: string): ClientFile[] => [
  { url: `/socket.io${build}.js`, name: `socket.io${build}.js`, type: 'application/javascript' },
  { url: `/socket.io${build}.js.map`, name: `socket.io${build}.js.map`, type: 'application/json' }
]

const FLASH = ['WebSocketMain.swf', 'WebSocketMainInsecure.swf']
const toFlash = (name: string): ClientFile => ({ url: `/static/flashsocket/${name}`, name, type: 'application/x-shockwave-flash' })

/** The URLs of the files (docs/revision-1.md, URLs; socket.io's own server has the same), and their names in the `dist` of a client. */
const FILES: readonly ClientFile[] = [
  ...BUILDS.flatMap(toScript),
  ...FLASH.map(toFlash)
]

const OPTIONS = { schema: { hide: true } as object, config: { socketio: { transport: null, dialect: 'revision 1' } } } as const

/** The application answers; the URL looks like that of a session. */
function miss (scope: FastifyInstance, url: string): void {
  scope.get(url, { ...OPTIONS, exposeHeadRoute: false }, (_request, reply) => { reply.callNotFound() })
}

/**
 * Serves the files in `folder`, whichever client's they are. They are public, to `import` from other origins too: the origin
 * policy is for sessions. @throws FST_SIO_BAD_OPTION without the folder.
 */
export async function registerClientFiles (scope: FastifyInstance, path: string, folder: string): Promise<void> {
  const root = resolve(folder)
  const { default: fastifyStatic } = await import('@fastify/static').catch(missingPeer('serveClient', '@fastify/static'))
  const found = await readdir(root).catch(() => {
    throw new BadOptionError('serveClient', JSON.stringify(folder), 'false, or the folder of the client files')
  })
  const old = FLASH.some((name) => found.includes(name)) // 0.9's are ASCII; its server said no more
  await scope.register(fastifyStatic, { root, serve: false, decorateReply: !scope.hasReplyDecorator('sendFile') })
  for (const { url, name, type } of FILES) {
    if (!found.includes(name)) {
      miss(scope, path + url)
      continue
    }
    scope.get(path + url, OPTIONS, (_request, reply) => {
      // For `import` from other origins, unless an app-wide @fastify/cors has answered already.
      if (!old && !reply.hasHeader('access-control-allow-origin')) reply.header('access-control-allow-origin', '*')
      return reply.type(old ? type : type + CHARSET).sendFile(name, root, { contentType: false })
    })
  }
}

/** Where no files are served. */
export function missClientFiles (scope: FastifyInstance, path: string): void {
  for (const { url } of FILES) miss(scope, path + url)
}
