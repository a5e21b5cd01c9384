// Strict TypeScript applications, compiled against packages in a folder (test/kit/packed.ts).
import { writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import ts from 'typescript'

const STRICT: ts.CompilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: false,
  skipDefaultLibCheck: true, // the library of TypeScript itself
  lib: ['lib.es2022.d.ts'],
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  allowJs: true,
  checkJs: true,
  target: ts.ScriptTarget.ES2022,
  types: ['node']
}

const libraries = new Map<string, ts.SourceFile | undefined>()
/** A host that parses the files of TypeScript's library once. */
function hostFor (options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const parse = host.getSourceFile
  host.getSourceFile = (name, ...rest) => {
    if (!/\/typescript\/lib\/lib\./.test(name)) return parse(name, ...rest)
    if (!libraries.has(name)) libraries.set(name, parse(name, ...rest))
    return libraries.get(name)
  }
  return host
}

/**
 * Compiles the files of a strict application in a folder. A comment `wrong: TS…` ends a line with a mistake, and names the error. Returns the errors that are not
 * marked, and the marks without their error.
 */
export async function compile (folder: string, files: Record<string, string>, options: ts.CompilerOptions): Promise<string[]> {
  const expected = Object.entries(files).flatMap(([name, text]) => text.split('\n').flatMap((line, index) => {
    const code = /\/\/ wrong: (TS\d+)$/.exec(line)?.[1]
    return code === undefined ? [] : [`${name}:${index + 1} ${code}`]
  }))
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)))
  const all = { ...STRICT, ...options }
  const program = ts.createProgram(Object.keys(files).map((name) => join(folder, name)), all, hostFor(all))
  const found = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, code, messageText }) => {
    const place = file === undefined ? '' : `${relative(folder, file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1}`
    const key = `${place} TS${code}`
    return { key, text: expected.includes(key) ? key : `${key} ${ts.flattenDiagnosticMessageText(messageText, '\n')}` }
  })
  const keys = new Set(found.map(({ key }) => key))
  return [...found.filter(({ key }) => !expected.includes(key)).map(({ text }) => text), ...expected.filter((key) => !keys.has(key)).map((key) => `${key} is not found`)]
}
