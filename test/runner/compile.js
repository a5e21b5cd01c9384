// TypeScript to JavaScript, once: the result is kept in a folder, by the hash of the text. Only types are blanked out, so that all lines and
// columns stay, and nothing needs a source map. TypeScript itself is loaded only for a text that is new.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const { version } = require('ts-blank-space/package.json')

/** `npm ci` removes it, and git does not see it. */
export const CACHE = fileURLToPath(new URL('../../node_modules/.cache/blanked/', import.meta.url))

/** The file that keeps the JavaScript of a text. */
export const nameOf = (text) => `${createHash('sha256').update(`${version}\n${text}`).digest('hex').slice(0, 32)}.js`

function read (path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

/** @param where for the message of an error */
function blank (text, where) {
  const { default: blankSpace } = require('ts-blank-space')
  return blankSpace(text, ({ kind, end }) => {
    throw new SyntaxError(`${where}, to line ${text.slice(0, end).split('\n').length}: more than types (TypeScript's SyntaxKind ${kind})`)
  })
}

/** Several processes may do this at the same time. */
export function compile (text, where) {
  const path = CACHE + nameOf(text)
  const kept = read(path)
  if (kept !== undefined) return kept
  const code = blank(text, where)
  mkdirSync(CACHE, { recursive: true })
  writeFileSync(`${path}.${process.pid}`, code)
  renameSync(`${path}.${process.pid}`, path)
  return code
}
