// docs/delivery.md names a test for what it says: each of them exists, under that name, in that file.
import { readFileSync } from 'node:fs'
import t from 'tap'

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8')
const text = read('../../docs/delivery.md')

const files = new Map([...text.matchAll(/^\[([\w-]+)\]: \.\.\/(test\/\S+)$/gm)].map(([, word = '', path = '']) => [word, path]))
const named = [...text.matchAll(/\[([^\][]+)\]\[([\w-]+)\]/g)].map(([, name = '', word = '']) => ({ name: name.replace(/\s+/g, ' '), word }))

/** The ends of all names of tests in a file: of the sentences in quotes. */
function endsWith (file: string, name: string): boolean {
  return ['\'', '`'].some((quote) => file.includes(`${name}${quote}`))
}

t.test('every test that docs/delivery.md names exists', async (t) => {
  t.ok(named.length > 30, `${named.length} tests`)
  for (const { name, word } of named) {
    const path = files.get(word)
    t.ok(path !== undefined && endsWith(read(`../../${path}`), name), `${path}: ${name}`)
  }
})

t.test('every file that it refers to is one in which it names a test', async (t) => {
  t.strictSame([...files.keys()].sort(), [...new Set(named.map(({ word }) => word))].sort())
})

t.test('every statement in a list names a test', async (t) => {
  const [, body = ''] = text.split('## POSTs')
  const items = body.split(/\n(?=- |\n|#)/).filter((part) => part.startsWith('- '))
  t.ok(items.length > 15)
  t.strictSame(items.filter((item) => !/\]\[[\w-]+\]/.test(item)), [])
})
