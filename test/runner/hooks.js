// How modules that are TypeScript are found and loaded: functions for `module.registerHooks`, and the same for `module.register`.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compile } from './compile.js'

const SCRIPT = /\.ts(?:\?|$)/
const IMPORT = /^(?:\.{1,2}\/|file:).*\.js(?:\?|$)/

/** `./x.js` is `./x.ts` where there is one, as TypeScript has it. Modules with mocks are left to the mocks, which know them by their specifiers. */
function find (specifier, parent) {
  if (!IMPORT.test(specifier) || !parent?.startsWith('file:') || parent.includes('?tapmock=')) return specifier
  const url = new URL(specifier, parent)
  url.pathname = url.pathname.replace(/js$/, 'ts')
  return existsSync(fileURLToPath(url)) ? url.href : specifier
}

const decoder = new TextDecoder()
const textOf = ({ source }) => typeof source === 'string' ? source : decoder.decode(source)

/** The text comes from the hooks that were there before, which note the files of a test. */
const toJavaScript = (url, loaded) => ({ ...loaded, source: compile(textOf(loaded), url) })

export const sync = {
  resolve: (specifier, context, next) => next(find(specifier, context.parentURL), context),
  load: (url, context, next) => SCRIPT.test(url) ? toJavaScript(url, next(url, { ...context, format: 'module' })) : next(url, context)
}

export const { resolve } = sync

export async function load (url, context, next) {
  return SCRIPT.test(url) ? toJavaScript(url, await next(url, { ...context, format: 'module' })) : await next(url, context)
}
