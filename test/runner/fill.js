// Compiles all TypeScript of src and test that is not in the cache yet, and removes from it what is of no file any more.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CACHE, compile, nameOf } from './compile.js'

const PROJECT = fileURLToPath(new URL('../../', import.meta.url))

/** An application with decorators, which its test compiles. */
const OTHER = join('nestjs', 'app')

const files = (await Promise.all(['src', 'test'].map(async (folder) => {
  const names = await readdir(join(PROJECT, folder), { recursive: true })
  return names.filter((name) => /(?<!\.d)\.ts$/.test(name) && !name.startsWith(OTHER)).map((name) => join(PROJECT, folder, name))
}))).flat()
const current = new Set()
for (const file of files) {
  const text = await readFile(file, 'utf8')
  compile(text, file)
  current.add(nameOf(text))
}
await mkdir(CACHE, { recursive: true })
for (const name of await readdir(CACHE)) if (!current.has(name)) await rm(join(CACHE, name))
