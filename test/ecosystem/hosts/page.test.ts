// docs/in-your-app.md: the settings in its tables are in the tests of this folder, as they are there. Its blocks of code are checked with those of all pages.
import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'

const FOLDER = new URL('.', import.meta.url)

/** Without differences of layout. */
const plain = (code: string): string => code.replace(/\s+/g, ' ').trim()

const page = readFileSync(new URL('../../../docs/in-your-app.md', FOLDER), 'utf8')
const tests = readdirSync(FOLDER).filter((name) => /\.test\.ts$/.test(name)).map((name) => plain(readFileSync(new URL(name, FOLDER), 'utf8'))).join('\n')

/** Settings with their value, in the second column of the tables. */
const settings = [...page.matchAll(/^\|[^|]*\| `([^`]*[:(][^`]*)`/gm)].map(([, code = '']) => code)

t.ok(settings.length >= 6, 'the page has settings')
for (const code of settings) t.ok(tests.includes(plain(code)), code)
