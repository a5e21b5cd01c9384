// Which targets there are, what they speak, and what of one corresponds to what of another.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const FOLDER = fileURLToPath(new URL('../targets/', import.meta.url))
const DIALECTS = fileURLToPath(new URL('../dialects/', import.meta.url))

const modulesIn = (folder) => fs.readdirSync(folder).filter((file) => file.endsWith('.mjs')).map((file) => file.slice(0, -4))

export const targetNames = () => modulesIn(FOLDER)
export const dialectNames = () => modulesIn(DIALECTS)

function fileOf (name) {
  if (name.endsWith('.mjs')) return path.resolve(name)
  if (targetNames().includes(name)) return path.join(FOLDER, `${name}.mjs`)
  throw new Error(`no target "${name}": a path that ends in .mjs, or one of ${targetNames().join(', ')}`)
}

/** Whether a target's packages are there; one that says nothing of it imports them when it is loaded. */
async function load (name) {
  const file = fileOf(name)
  try {
    const { default: target } = await import(pathToFileURL(file))
    if (await target.available?.() ?? true) return { ...target, id: name, file }
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND' && error.code !== 'MODULE_NOT_FOUND') throw error
    if (!fs.existsSync(file)) throw new Error(`no target "${name}": there is no such file`, { cause: error })
  }
  return undefined
}

/** The targets by id, in that order. Those that are not installed are left out, and said to be. */
export async function loadTargets (names, say = console.error) {
  const targets = new Map()
  for (const name of new Set(names)) {
    const target = await load(name)
    if (target === undefined) say(`skipped: ${name} is not installed`)
    else targets.set(name, target)
  }
  return targets
}

/** Every dialect that a target speaks. */
export async function cellsOf (target) {
  return await Promise.all(Object.entries(target.dialects).map(async ([dialect, options]) => {
    const { family, defaults } = await import(pathToFileURL(path.join(DIALECTS, `${dialect}.mjs`)))
    return { target, dialect, family, mode: defaults.mode, options }
  }))
}

/** What a target has to set against that cell: the same dialect, else the first of the same family and mode, if any. */
export async function counterpart (cell, target) {
  const cells = await cellsOf(target)
  return cells.find(({ dialect }) => dialect === cell.dialect) ??
    cells.find(({ family, mode }) => family === cell.family && mode === cell.mode)
}
