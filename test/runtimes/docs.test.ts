// docs/runtimes.md says what package.json pins, what the lockfile has, and what src/runtime.ts refuses.
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { checkRuntime } from '../../src/runtime.js'
import { VERSIONS } from './installed.js'

const read = async (path: string): Promise<string> => await readFile(new URL(path, import.meta.url), 'utf8')
const page = await read('../../docs/runtimes.md')
const rows = [...page.matchAll(/^\| (Node \d+|Bun|Deno) \| ([\d.]+) \| ([\d.]+) \|/gm)].map(([, name = '', version = '', oldest = '']) => ({ name: name.toLowerCase().replace(' ', '-'), version, oldest }))

t.test('the versions of the table are those that npm installs', async (t) => {
  t.strictSame(Object.fromEntries(rows.map(({ name, version }) => [name, version])), VERSIONS)
  const { packages } = JSON.parse(await read('package-lock.json')) as { packages: Record<string, { version?: string }> }
  for (const [path, { version }] of Object.entries(packages)) {
    const [, name = ''] = /^node_modules\/(.+)-linux-/.exec(path) ?? []
    if (name !== '') t.equal(version, VERSIONS[name], path)
  }
  t.notMatch(await read('package-lock.json'), /"resolved"/)
})

t.test('the oldest versions are served, and the ones before are refused', async (t) => {
  for (const key of ['bun', 'deno']) {
    const oldest = rows.find(({ name }) => name === key)?.oldest ?? ''
    t.doesNotThrow(() => checkRuntime({ [key]: oldest }))
    const [major = 0, minor = 0, patch = 0] = oldest.split('.').map(Number)
    const before = patch > 0 ? [major, minor, patch - 1] : [major, minor - 1, 999]
    t.throws(() => checkRuntime({ [key]: before.join('.') }), { code: 'FST_SIO_UNSUPPORTED_VERSION' })
    t.match(page, new RegExp(`^\\| ${key} before ${oldest.replaceAll('.', '\\.')} \\|`, 'im'))
  }
})
