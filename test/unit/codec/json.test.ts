import t from 'tap'
import { toJson } from '../../../src/codec/json.js'

t.test('line separators are escaped and come back', async (t) => {
  t.equal(toJson('a\u2028b\u2029c'), '"a\\u2028b\\u2029c"')
  t.equal(JSON.parse(toJson('a\u2028b\u2029c')), 'a\u2028b\u2029c')
})

t.test('what has no JSON form is null', async (t) => {
  t.equal(toJson(undefined), 'null')
  t.equal(toJson(() => {}), 'null')
})

t.test('what is nested deeper than it can be written is the error of who sent it', async (t) => {
  const deep: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))
  t.throws(() => toJson(deep), { name: 'ProtocolError' })
})
