// The files of the page, and the headers of all answers of the inspector.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, extname } from 'node:path'
import type { FastifyInstance, FastifyReply, onSendHookHandler } from 'fastify'

/** The folder `inspector` of the package, seen from `src/inspector` and from `dist/inspector`. */
const FOLDER = new URL('../../inspector/', import.meta.url)
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' }

/** Scripts and styles are files of this folder. Nothing is loaded from elsewhere, and no page can frame the buttons. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store'
}

/** A hook that runs behind the hooks of the application, whose policy may be laxer. */
export const setHeaders: onSendHookHandler = function setHeaders (_request, reply, _payload, done) {
  reply.headers(HEADERS)
  done()
}

export const sendJson = (reply: FastifyReply, json: string): FastifyReply => reply.type('application/json; charset=utf-8').send(json)

/** Adds a route for each file. The address of the page ends with a slash, because those of its files are relative to it. */
export function servePage (app: FastifyInstance): void {
  for (const name of readdirSync(FOLDER)) {
    const type = TYPES[extname(name)]
    if (type === undefined) continue
    const contents = readFileSync(new URL(name, FOLDER), 'utf8')
    const send = (reply: FastifyReply): FastifyReply => reply.type(`${type}; charset=utf-8`).send(contents)
    if (name !== 'index.html') {
      app.get(`/${name}`, (_request, reply) => send(reply))
      continue
    }
    app.get('/', { prefixTrailingSlash: 'both' }, ({ originalUrl }, reply) => {
      const [path = ''] = originalUrl.split('?')
      return path.endsWith('/') ? send(reply) : reply.redirect(`${basename(path)}/`)
    })
  }
}
