// The pages of the site, in the order of the sidebar. A page has the name of its file and the title of its first heading.
import { existsSync, readFileSync } from 'node:fs'

const DOCS = new URL('../', import.meta.url)

/** Sections by the question of a reader. */
const SECTIONS = {
  Start: ['index', 'getting-started', 'examples'],
  'Your application': ['options', 'clients', 'faces', 'in-your-app', 'nestjs', 'runtimes'],
  'In operation': ['operations', 'proxies', 'restarts', 'sizing', 'run-book', 'observability', 'inspector', 'cluster', 'cluster-performance', 'refusals', 'delivery', 'recovery', 'security', 'performance'],
  'Coming from another server': ['migrate-from-fastify-socket.io', 'migrate-from-socket.io-by-hand', 'migrate-from-socket.io-0.9', 'migrate-from-gevent-socketio'],
  'How it works': ['architecture', 'link', 'engine-io', 'engine-3-payloads', 'revision-1']
}

/** Reads a page. `undefined` if it does not exist. */
function toItem (name) {
  const file = new URL(`${name}.md`, DOCS)
  if (!existsSync(file)) return undefined
  const [, text] = /^# (.+)$/m.exec(readFileSync(file, 'utf8'))
  return { text, link: name === 'index' ? '/' : `/${name}` }
}

/** Sections with the titles and links of their pages. */
export const sections = Object.entries(SECTIONS).map(([text, names]) => ({ text, items: names.map(toItem).filter((item) => item !== undefined) }))
