import t from 'tap'
import { checkArguments, checkDepth, checkShape, weighJson } from '../../../src/codec/shape.js'

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)
const isDeeper = (text: string, levels: number, start = 0): boolean => {
  try {
    checkShape(text, start, levels)
    return false
  } catch {
    return true
  }
}

t.test('nesting is counted below, at and above the limit', async (t) => {
  t.equal(isDeeper(nested(9), 10), false)
  t.equal(isDeeper(nested(10), 10), false)
  t.equal(isDeeper(nested(11), 10), true)
  t.equal(isDeeper('{"a":'.repeat(11) + '1' + '}'.repeat(11), 10), true, 'of objects, too')
  t.equal(isDeeper('[{"a":'.repeat(6), 10), true, 'also where it is never closed')
})

t.test('it is counted from where the JSON begins, whatever stands before', async (t) => {
  t.equal(isDeeper(`2/?",${nested(11)}`, 10, 5), true)
  t.equal(isDeeper(`2/]]]],${nested(11)}`, 10, 7), true)
})

t.test('what stands side by side or in strings does not nest', async (t) => {
  t.equal(isDeeper(`[${Array(100).fill('[[]]').join()}]`, 10), false)
  t.equal(isDeeper(JSON.stringify([nested(100)]), 10), false)
  t.equal(isDeeper(JSON.stringify([`"${nested(100)}\\`, '"\\"[[']), 10), false, 'with quotes and backslashes in them')
  t.equal(isDeeper(`["\\\\",${nested(11)}]`, 10), true, 'behind a string that ends with a backslash')
  t.equal(isDeeper(`"${nested(100)}`, 10), false, 'a string that never ends')
})

t.test('the entries of the outermost list are counted, and no others', async (t) => {
  const list = (count: number): string => `[${Array(count).fill('[0,0,0]').join()}]`
  t.doesNotThrow(() => checkShape(list(5), 0, 10, 5))
  t.throws(() => checkShape(list(6), 0, 10, 5), { name: 'ProtocolError', message: 'more than 5 arguments' })
  t.doesNotThrow(() => checkShape(`{"a":1${',"b":2'.repeat(50)}}`, 0, 10, 5), 'an object has members, no entries')
  t.doesNotThrow(() => checkShape(`["${','.repeat(50)}"]`, 0, 10, 5), 'commas in a string are none')
  t.throws(() => checkArguments(1001, { maxNesting: 1000, maxArguments: 1000 }), { message: 'more than 1000 arguments' })
})

t.test('values that a custom parser has made are as deep as they are', async (t) => {
  const deep = (levels: number): unknown => levels === 0 ? 'x' : levels % 2 === 0 ? [deep(levels - 1)] : { a: deep(levels - 1), b: Buffer.from('b') }
  t.doesNotThrow(() => checkDepth(deep(10), 10))
  t.throws(() => checkDepth(deep(11), 10), { message: 'nested too deep' })
  t.doesNotThrow(() => checkDepth([new Date(0), Buffer.alloc(3), new ArrayBuffer(3), null, 'x'], 2))
})

t.test('JSON weighs its text, and more for each value', async (t) => {
  t.equal(weighJson('2["x",1]', 1), 8 + 3 * 64)
  t.equal(weighJson('0', 1), 1 + 64)
})
