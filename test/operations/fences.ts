// The configurations that the pages of docs show. Tests run them as they stand there; only ports, paths and times are replaced.
import { readFileSync } from 'node:fs'

/** Returns the first block of code of a page that contains a text. @throws when there is none */
export function fence (page: string, language: string, text: string): string {
  const markdown = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
  const found = [...markdown.matchAll(/```(\w+)\n([^]*?)```/g)].find(([, of, code = '']) => of === language && code.includes(text))?.[2]
  if (found === undefined) throw new Error(`docs/${page} has no ${language} with ${text}`)
  return found
}

/** Replaces what stands once or more in a configuration. @throws when it is not there */
export function replaced (text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((all, [from, to]) => {
    if (!all.includes(from)) throw new Error(`the configuration has no ${from}`)
    return all.replaceAll(from, to)
  }, text)
}
