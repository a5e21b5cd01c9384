// The package as npm publishes it, in a folder outside the project where only the packages that an application has are found.
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Teardown } from './teardown.js'

const exec = promisify(execFile)
const MODULES = resolve(import.meta.dirname, '../../node_modules')
const NAME = 'fastify-socketio-transports'

async function link (name: string, modules: string): Promise<void> {
  const path = join(modules, name)
  await mkdir(dirname(path), { recursive: true })
  await symlink(join(MODULES, name), path)
}

/**
 * Packs the package and unpacks it in a new folder with the given packages beside it. Its own dependencies are below it, as package managers with strict
 * folders do it: a package that is no dependency is not found. Wants a build.
 */
export async function installPacked (t: Teardown, packages: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sio-packed-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const modules = join(folder, 'node_modules')
  const own = join(modules, NAME)
  await mkdir(own, { recursive: true })
  await exec('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: dirname(MODULES) })
  await exec('sh', ['-c', `tar -xzf ${NAME}-*.tgz -C ${own} --strip-components=1`], { cwd: folder })
  const { dependencies } = JSON.parse(await readFile(join(own, 'package.json'), 'utf8')) as { dependencies: Record<string, string> }
  for (const name of Object.keys(dependencies)) await link(name, join(own, 'node_modules'))
  for (const name of packages) await link(name, modules)
  return folder
}
