import t from 'tap'
import { isDeeper } from '../../src/codec/json.js'

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

t.test('nesting is counted below, at and above the limit', async (t) => {
  t.equal(isDeeper(nested(9), 10), false)
  t.equal(isDeeper(nested(10), 10), false)
  t.equal(isDeeper(nested(11), 10), true)
  t.equal(isDeeper('{"a":'.repeat(11) + '1' + '}'.repeat(11), 10), true, 'of objects, too')
  t.equal(isDeeper('[{"a":'.repeat(6), 10), true, 'also where it is never closed')
})

t.test('what stands side by side or in strings does not nest', async (t) => {
  t.equal(isDeeper(`[${Array(100).fill('[[]]').join()}]`, 10), false)
  t.equal(isDeeper(JSON.stringify([nested(100)]), 10), false)
  t.equal(isDeeper(JSON.stringify([`"${nested(100)}\\`, '"\\"[[']), 10), false, 'with quotes and backslashes in them')
  t.equal(isDeeper(`["\\\\",${nested(11)}]`, 10), true, 'behind a string that ends with a backslash')
  t.equal(isDeeper(`"${nested(100)}`, 10), false, 'a string that never ends')
})
