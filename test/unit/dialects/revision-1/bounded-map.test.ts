import t from 'tap'
import { BoundedMap } from '../../../../src/dialects/revision-1/bounded-map.js'

t.test('what is set is found until it is deleted', async (t) => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1)
  t.equal(map.get('a'), 1)
  t.equal(map.get('b'), undefined)
  t.equal(map.delete('a'), true)
  t.equal(map.delete('a'), false)
  t.equal(map.get('a'), undefined)
})

t.test('a full map forgets its oldest entry', async (t) => {
  const map = new BoundedMap<string, number>(2)
  for (const [key, value] of [['a', 1], ['b', 2], ['c', 3]] as const) map.set(key, value)
  t.strictSame(['a', 'b', 'c'].map((key) => map.get(key)), [undefined, 2, 3])
  map.set('d', 4)
  t.strictSame(['b', 'c', 'd'].map((key) => map.get(key)), [undefined, 3, 4])
})

t.test('a deleted entry makes room', async (t) => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.delete('b')
  map.set('c', 3)
  t.strictSame(['a', 'c'].map((key) => map.get(key)), [1, 3])
})

t.test('a map of one holds the last entry', async (t) => {
  const map = new BoundedMap<number, string>(1)
  for (let key = 0; key < 100; key++) map.set(key, `value ${key}`)
  t.equal(map.get(98), undefined)
  t.equal(map.get(99), 'value 99')
})

t.test('a key that is set again costs no other its place', async (t) => {
  const map = new BoundedMap<string, number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.set('b', 3)
  t.strictSame(['a', 'b'].map((key) => map.get(key)), [1, 3])
})
