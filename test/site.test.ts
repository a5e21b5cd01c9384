// The documentation site, as `npm run docs:build` makes it: every page, every link with its anchor, and every export in the API reference.
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, posix, resolve } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import ts from 'typescript'

const ROOT = resolve(import.meta.dirname, '..')
const folder = await mkdtemp(join(tmpdir(), 'sio-site-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))

// Fails on a link to a page that does not exist, and on a warning of TypeDoc.
await promisify(execFile)('npm', ['run', 'docs:build', '--', '--outDir', folder], { cwd: ROOT })

const files = new Set((await readdir(folder, { recursive: true })).map((path) => path.replaceAll('\\', '/')))
const pages = new Map(await Promise.all([...files].filter((path) => path.endsWith('.html')).map(async (path) => [path, await readFile(join(folder, path), 'utf8')] as const)))

interface Manifest { name: string, exports: Record<string, { types?: string }> }
const { name: packageName, exports } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as Manifest

t.test('the site has a search index', async (t) => t.ok([...files].some((path) => path.includes('localSearchIndex'))))

const valuesOf = (html: string, attribute: string): string[] => [...html.matchAll(new RegExp(`\\s${attribute}="([^"]*)"`, 'g'))].map(([, value = '']) => value.replaceAll('&amp;', '&'))

/** The file and the anchor that a link in a page leads to. `undefined` for links to other sites. */
function targetOf (link: string, page: string): { path: string, anchor: string } | undefined {
  if (/^[a-z]+:/.test(link)) return undefined
  const { pathname, hash } = new URL(link, `http://site/${page}`)
  const path = decodeURIComponent(pathname).slice(1)
  const file = path === '' || path.endsWith('/') ? `${path}index.html` : posix.extname(path) === '' || !files.has(path) ? `${path.replace(/\.html$/, '')}.html` : path
  return { path: file, anchor: decodeURIComponent(hash.slice(1)) }
}

t.test('every page of docs is built, and in the sidebar', async (t) => {
  const names = (await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => name.replace('.md', '.html'))
  t.ok(names.length > 10)
  const [, sidebar = ''] = (pages.get('architecture.html') ?? '').split('id="VPSidebarNav"')
  const listed = valuesOf(sidebar, 'href').map((link) => targetOf(link, 'architecture.html')?.path)
  for (const name of names) {
    t.ok(pages.has(name), `${name} is built`)
    t.ok(listed.includes(name), `${name} is in the sidebar`)
  }
})

t.test('every link leads to a page, and to an anchor that is there', async (t) => {
  const dead = [...pages].flatMap(([page, html]) => valuesOf(html, '(?:href|src)').flatMap((link) => {
    const target = targetOf(link, page)
    if (target === undefined || target.path === '404.html') return []
    const { path, anchor } = target
    if (!files.has(path)) return [`${page}: ${link}: no file`]
    return anchor === '' || !path.endsWith('.html') || valuesOf(pages.get(path) ?? '', 'id').includes(anchor) ? [] : [`${page}: ${link}: no anchor`]
  }))
  t.same([...new Set(dead)], [])
})

/** The names that a module exports, as TypeScript finds them. */
function exportsOf (path: string): string[] {
  const program = ts.createProgram([path], { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, types: ['node'], noLib: true })
  const checker = program.getTypeChecker()
  const source = program.getSourceFile(path)
  const symbol = source && checker.getSymbolAtLocation(source)
  return symbol === undefined ? [] : checker.getExportsOfModule(symbol).map(({ name }) => name)
}

/** The export of an entry without a default one. */
const MAIN_EXPORTS: Record<string, string> = { './nestjs': 'SocketioTransportsAdapter', './cluster': 'nodes', './recovery': 'recoverable', './prometheus': 'prometheusMetrics' }

for (const [path, { types }] of Object.entries(exports)) {
  if (types === undefined) continue
  t.test(`the API reference has every export of ${path}`, async (t) => {
    const names = exportsOf(resolve(ROOT, types))
    t.ok(names.includes(MAIN_EXPORTS[path] ?? 'default'))
    const page = `api/${posix.join(packageName, path)}.html`
    const headings = [...(pages.get(page) ?? '').matchAll(/<h3 [^>]*>([\w$]+)/g)].map(([, name]) => name)
    t.same(names.filter((name) => !headings.includes(name)), [], page)
  })
}
