// docs/delivery.md has the number of a test behind what it says, and a list of the tests: each of them exists, under that name, in that file.
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import t from 'tap'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const [text = '', list = ''] = read('../../docs/delivery.md').split('\n## Tests\n')

/** The numbers behind a statement. */
const REFERENCE = /<sup>(?:\[(\d+)\]\(#test-\1\) ?)+<\/sup>/g

const items = list.split('\n').filter((line) => /^\d/.test(line))
const named = items.map((line) => /^(\d+)\. <a id="test-\1"><\/a>(?<name>.+) \(\[(?<label>[\w-]+)\]\(\.\.\/(?<path>test\/\S+)\)\)$/.exec(line)?.groups)

/** The ends of all names of tests in a file: of the sentences in quotes. */
function endsWith (file: string, name: string): boolean {
  return ['\'', '`'].some((quote) => file.includes(`${name}${quote}`))
}

t.test('every test that docs/delivery.md lists exists', async (t) => {
  t.ok(items.length > 30, `${items.length} tests`)
  for (const groups of named) {
    const { name = '', label, path = '' } = groups ?? {}
    t.ok(endsWith(read(`../../${path}`), name), `${path}: ${name}`)
    t.equal(label, basename(path, '.test.ts'))
  }
  t.equal(new Set(items.map((line) => line.replace(/^.*?<\/a>/, ''))).size, items.length, 'each once')
})

t.test('the numbers in the text are those of the list, in the order of the text', async (t) => {
  t.strictSame(items.map((line) => parseInt(line)), items.map((_, i) => i + 1))
  const references = [...text.matchAll(REFERENCE)].map(([all]) => all)
  t.equal(references.length, text.split('<sup>').length - 1, 'every superscript is a reference')
  const numbers = references.flatMap((all) => [...all.matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number)))
  t.strictSame([...new Set(numbers)], items.map((_, i) => i + 1))
})

t.test('every statement in a list has the number of a test', async (t) => {
  const [, body = ''] = text.split('## POSTs')
  const statements = body.split(/\n(?=- |\n|#)/).filter((part) => part.startsWith('- '))
  t.ok(statements.length > 15)
  t.strictSame(statements.filter((item) => item.search(REFERENCE) === -1), [])
})
