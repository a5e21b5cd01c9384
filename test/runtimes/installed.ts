// The runtimes that npm has installed in this folder for this machine (`npm run runtimes`). Where one is missing, its tests are skipped, visibly; with CI=true
// they fail instead.
import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

export interface Runtime {
  readonly name: 'bun' | 'deno' | 'node'
  readonly execPath: string
  /** Its arguments before the module. */
  readonly execArgv: readonly string[]
  /** As package.json pins it. */
  readonly version: string
  /** For the `skip` option of a test: why there is none to test with, or false. */
  readonly skip: string | false
}

const { optionalDependencies: packages } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as { optionalDependencies: Record<string, string> }

/** The versions by the name of the runtime; those of Node by `node-` and the major. */
export const VERSIONS: Readonly<Record<string, string>> =
  Object.fromEntries(Object.entries(packages).map(([name, value]) => [name.replace(/-linux-.*$/, ''), value.replace(/^.*@/, '')]))

function find (name: 'bun' | 'deno', program: string, ...execArgv: string[]): Runtime {
  const execPath = fileURLToPath(new URL(`node_modules/${name}-${process.platform}-${process.arch}/${program}`, import.meta.url))
  const skip = existsSync(execPath) || process.env['CI'] === 'true' ? false : `no ${name} found: \`npm run runtimes\` installs it (Linux, glibc)`
  return { name, execPath, execArgv, version: String(VERSIONS[name]), skip }
}

export const BUN = find('bun', 'bin/bun')
export const DENO = find('deno', 'deno', 'run', '--allow-all')
/** The one that runs the tests: it shows that the tests ask for nothing that Node does not do. */
export const NODE: Runtime = { name: 'node', execPath: process.execPath, execArgv: [], version: process.versions.node, skip: false }
