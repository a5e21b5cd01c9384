// The tests run their texts as they are: the same lines and columns, and nothing that is older than its file.
import { mkdir, rm, writeFile } from 'node:fs/promises'
import process from 'node:process'
import t from 'tap'
import { CACHE, compile, nameOf } from './compile.js'

const pathOf = (text: string): string => CACHE + nameOf(text)

t.test('only types go, so that lines and columns stay', async (t) => {
  const text = `export const x${process.pid}: number = 1\ninterface Gone { x: number }\nthrow new Error('x' as string)`
  t.teardown(() => rm(pathOf(text), { force: true }))
  const code = compile(text, 'x.ts')
  t.strictSame(code.split('\n').map((line) => line.length), text.split('\n').map((line) => line.length))
  t.equal(code.indexOf("throw new Error('x'"), text.indexOf("throw new Error('x'"))
  t.notMatch(code, /number|interface|string/)
})

t.test('a text that is in the cache is not compiled, and another text has another place there', async (t) => {
  const text = `const x${process.pid}: number = 1`
  t.teardown(() => rm(pathOf(text), { force: true }))
  await mkdir(CACHE, { recursive: true })
  await writeFile(pathOf(text), '/* kept */')
  t.equal(compile(text, 'x.ts'), '/* kept */')
  t.not(nameOf(text), nameOf(text + ' '))
})

t.test('a text with more than types is refused, and its last line is told', async (t) => {
  t.throws(() => compile('\nenum X {\n a }\n', 'x.ts'), { message: /^x\.ts, to line 3: / })
})
