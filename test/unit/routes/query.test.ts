// Reading a query: whatever stands in a URL, it is read as URLSearchParams reads it, as in engine.io.
import fc from 'fast-check'
import t from 'tap'
import { allOf, valuesOf } from '../../../src/routes/query.js'

const NAMES = ['EIO', 'sid', 't'] as const
const PIECES = [...NAMES, 's', 'id', '%73', '%', '%4', '%zz', '%C3%A9', '%E9', '+', '=', '=', '&', '&', '?', '#', '/', ';', '1', '\xc3\xa9', '[', '__proto__']

t.test('any query is read as URLSearchParams reads it', async (t) => {
  const url = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => `/socket.io/${pieces.join('')}`)
  fc.assert(fc.property(url, (url) => {
    const { searchParams } = new URL(url, 'https://socket.io')
    t.strictSame({ ...allOf(url) }, Object.fromEntries(searchParams))
    const values = valuesOf(url)
    for (const name of NAMES) t.equal(values[name], searchParams.getAll(name).at(-1), `${name} of ${url}`)
  }), { numRuns: 3000 })
})

const LONG: Record<string, (length: number) => string> = {
  'with encoded names': (length) => `/?${'sid%'.repeat(length)}&${'&sid'.repeat(length)}&${'?+'.repeat(length)}`,
  'without values': (length) => `/?${'&sid'.repeat(2 * length)}`,
  'without separators': (length) => `/?${'=sid'.repeat(2 * length)}&sid`
}

for (const [name, urlOf] of Object.entries(LONG)) {
  t.test(`a long query of almost the right names is read in time that grows with its length: ${name}`, async (t) => {
    /** The best of some times, ms: others have work of this machine in them. */
    const timeOf = (length: number): number => {
      const times = Array.from({ length: 20 }, (_, i) => {
        const url = `${urlOf(length)}&${i}` // the last URL is not read again
        const began = performance.now()
        const { sid } = valuesOf(url)
        const time = performance.now() - began
        return sid === '' ? time : Infinity
      })
      return Math.min(...times)
    }
    // 16 KiB, Node's limit for a request's head. Beyond it, URLSearchParams of Node 24 itself takes time that grows with the square.
    t.ok(timeOf(1600) < 100 * Math.max(timeOf(100), 0.02))
  })
}
