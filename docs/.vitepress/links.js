// Links and anchors of the pages: the same as on GitHub, so that each page is also readable there and in the npm package.

/** The anchor of a heading, as GitHub makes it. */
export const slugify = (heading) => heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')

/** The API reference documents the types: one page for each entry of the package. */
const API = '/api/fastify-socketio-transports'
/** By file of the main entry: what a reader of a link wants to see first. */
const FIRST = Object.fromEntries(Object.entries({ engine: 'engine', metrics: 'metrics', observation: 'observation', options: 'socketiotransportsoptions', packet: 'packet-1', reasons: 'endreason', socket: 'socket' })
  .map(([file, anchor]) => [`types/${file}.d.ts`, `${API}.html#${anchor}`]))

/** The URL of a file of the repository that is not part of the site. `undefined` if package.json names no repository. */
function urlOf (path, repository) {
  if (path.startsWith('types/')) return FIRST[path] ?? `${API}/${path.slice('types/'.length, -'.d.ts'.length)}.html`
  const base = /github\.com[/:]([\w.-]+\/[\w.-]+?)(?:\.git)?$/.exec(repository?.url ?? repository ?? '')?.[1]
  return base && `https://github.com/${base}/blob/main/${path}`
}

/** The path in the repository of a file that is not a page of the site: one outside of `docs`, or data in it. */
const pathOf = (href) => /^\.\.\/(.+)/.exec(href)?.[1] ?? (/^[\w.-]+\.(?:json|yml)$/.test(href) ? `docs/${href}` : undefined)

/**
 * A plugin of markdown-it. A link to a file that is not a page (`../bench/README.md`) becomes one to the repository, or plain text if package.json names
 * no repository. Links to types become links to the API reference.
 */
export function linkRepository (md, repository) {
  md.core.ruler.push('repository', ({ tokens, env }) => {
    if (env.relativePath?.startsWith('api/')) return // these pages are in a folder of their own, and are linked by TypeDoc
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'link_open') continue
      const path = pathOf(token.attrGet('href') ?? '')
      if (path === undefined) continue
      const url = urlOf(path, repository)
      if (url === undefined) token.attrs = [] // an `a` without `href` is plain text
      else token.attrSet('href', url)
    }
  })
}
