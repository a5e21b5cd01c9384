import fc from 'fast-check'
import t from 'tap'
import { allOf } from '../../../src/routes/query.js'

/** How engine.io reads it (`Server#prepare`). */
const officialQuery = (url: string): Record<string, string> => Object.fromEntries(new URL(url, 'https://socket.io').searchParams)

t.test('the last value counts, and names and values are decoded', async (t) => {
  t.strictSame(allOf('/socket.io/?a=1&b=%C3%A9+x&a=2&%63=&d'), { a: '2', b: 'é x', c: '', d: '' })
})

t.test('a URL without a query has no parameters', async (t) => {
  for (const url of [undefined, '', '/socket.io/', '/socket.io/?', '/socket.io/#?a=1']) t.strictSame(allOf(url), {}, url ?? 'none')
})

// ASCII only: clients encode other characters.
t.test('any query is read as engine.io reads it', async (t) => {
  const part = fc.oneof(fc.constantFrom('?', '&', '=', '+', '%', '%3D', '%ff', '#', 'sid', 'EIO=4', '__proto__', '[]', ';', '//'), fc.string({ unit: fc.constantFrom(...'az09-_.~!$\'()*,:@/"<>[]^`{|}\\') }))
  fc.assert(fc.property(fc.array(part), (parts) => {
    const url = `/socket.io/?${parts.join('')}`
    return t.strictSame({ ...allOf(url) }, { ...officialQuery(url) }, url)
  }), { numRuns: 300 })
})
