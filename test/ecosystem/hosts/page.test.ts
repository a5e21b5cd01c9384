// docs/in-your-app.md: all of its code is in the tests of this folder, as it is there.
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'

const FOLDER = new URL('.', import.meta.url)

/** Without differences of layout. */
const plain = (code: string): string => code.replace(/\s+/g, ' ').trim()

const page = readFileSync(new URL('../../../docs/in-your-app.md', FOLDER), 'utf8')
const tests = readdirSync(FOLDER).filter((name) => /\.test\.ts$/.test(name)).map((name) => plain(readFileSync(new URL(name, FOLDER), 'utf8'))).join('\n')

const blocks = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, code = '']) => code)
/** Settings with their value, in the second column of the tables. */
const settings = [...page.matchAll(/^\|[^|]*\| `([^`]*[:(][^`]*)`/gm)].map(([, code = '']) => code)

t.ok(blocks.length >= 4 && settings.length >= 6, 'the page has code')
for (const code of [...blocks, ...settings]) t.ok(tests.includes(plain(code)), code)
