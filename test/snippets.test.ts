// The JavaScript of the README and the docs runs against the packed package, the TypeScript is compiled against it. Wants a build.
// A comment of HTML before a fence says how it is checked: `<!-- snippet: in an app -->` (the plugin is registered before it), `<!-- snippet: in PATH -->` (it is
// part of a file with a test of its own, or of a folder of tests), or `<!-- snippet: not run: WHY -->`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import ts from 'typescript'
import { compile } from './kit/compile.js'
import { freePort } from './kit/machine/free-port.js'
import { installPacked } from './kit/packed.js'

const root = new URL('../', import.meta.url)
const PAGES = ['README.md', ...readdirSync(new URL('docs', root)).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)]
/** Languages of fences that are no code of applications. */
const OTHERS = ['sh', 'text', 'nginx', 'haproxy', 'html', 'http', 'json', 'python', 'yaml', 'diff', 'dockerfile']
const IN_AN_APP = [
  `import Fastify from 'fastify'
import socketioTransports from 'fastify-socketio-transports'
const app = Fastify({ logger: true })
await app.register(socketioTransports, { io: {} })
`, `
await app.listen({ port: Number(process.env.PORT) })
`] as const

interface Fence { place: string, language: string, mark: string | undefined, code: string }

const fences: Fence[] = PAGES.flatMap((page) => {
  const text = readFileSync(new URL(page, root), 'utf8')
  return [...text.matchAll(/(?:^ *<!-- snippet: (.+) -->\n)?^( *)```(.*)\n([^]*?)^ *```$/gm)].map(({ 1: mark, 2: indent = '', 3: language = '', 4: code = '', index }) => ({
    place: `${page}:${text.slice(0, index).split('\n').length}`, language, mark, code: code.replaceAll(new RegExp(`^${indent}`, 'gm'), '')
  }))
})

const folder = await installPacked(t, [
  'fastify', 'socket.io', '@socket.io/cluster-adapter', '@fastify/cookie', '@fastify/session', '@fastify/static', '@types/node', 'fastify-metrics', 'prom-client',
  'rxjs', 'reflect-metadata', ...['common', 'core', 'platform-fastify', 'platform-socket.io', 'websockets'].map((name) => `@nestjs/${name}`)
])

/** Runs a module until it listens. Returns the lines of its log at level warn and above, and what it writes to stderr. */
async function run (name: string, code: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, code)
  const link = await freePort()
  const ofNode = { CLUSTER_SECRET: 'a secret of the snippets, 32 characters', LINK_PORT: `${link}`, LINK_PEERS: `127.0.0.1:${link}`, LINK_NAME: 'localhost' }
  const child = spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, path], { env: { ...process.env, ...ofNode, PORT: '0' }, detached: true })
  const listens = (): boolean => log.includes('Server listening')
  let log = ''
  let errors = ''
  child.stderr.on('data', (chunk) => { errors += String(chunk) })
  child.stdout.on('data', (chunk) => {
    const listened = listens()
    log += String(chunk)
    // No signal that the application handles: Fastify may still add its second listener, and fails if it is closed then. All processes at once: a worker that starts
    // would complain that its primary is gone.
    if (!listened && listens() && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  })
  await once(child, 'close')
  const warnings = log.split('\n').filter((line) => /"level":[456]0/.test(line))
  return errors + warnings.join('\n') + (listens() ? '' : 'it does not listen')
}

t.test('each fence has a language', async (t) => {
  t.ok(fences.length > 10)
  for (const { place, language } of fences) t.ok(['js', 'ts', ...OTHERS].includes(language), `${place}: ${language || 'none'}`)
})

/** Without differences of layout. */
const plain = (code: string): string => code.replace(/\s+/g, ' ').trim()

/** Returns the text of a file, or of all files of a folder. */
function read (path: string): string {
  const url = new URL(path, root)
  return statSync(url).isDirectory() ? readdirSync(url).map((name) => readFileSync(new URL(`${path}/${name}`, root), 'utf8')).join('\n') : readFileSync(url, 'utf8')
}

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

for (const page of PAGES) {
  t.test(`the scripts of npm that ${page} names exist`, async (t) => {
    const names = [...read(page).matchAll(/npm run ([\w:-]+)|npm (start|test)\b/g)].map(([, name, short]) => name ?? short ?? '')
    t.same(names.filter((name) => scripts[name] === undefined), [])
  })
}

const TYPESCRIPT = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, experimentalDecorators: true, skipLibCheck: true }

for (const [index, { place, language, mark, code }] of fences.entries()) {
  const path = /^in ((?:examples|test)\/.+)$/.exec(mark ?? '')?.[1]
  if (path !== undefined) {
    t.test(`${place} is part of ${path}`, async (t) => t.ok(plain(read(path)).includes(plain(code))))
    continue
  }
  if (OTHERS.includes(language) || mark?.startsWith('not run: ')) continue
  const [before, after] = mark === undefined ? ['', ''] : IN_AN_APP
  t.test(`${place} ${language === 'ts' ? 'compiles' : 'runs'}`, async (t) => {
    t.ok(mark === undefined || mark === 'in an app', `the mark "${mark}" is known`)
    if (language === 'ts') t.same(await compile(folder, { [`snippet-${index}.mts`]: before + code + after }, TYPESCRIPT), [])
    else t.equal(await run(`snippet-${index}.mjs`, before + code + after), '')
  })
}
