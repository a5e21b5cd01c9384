// Reading a query: whatever stands in a URL, it is read as URLSearchParams reads it, as in engine.io.
import fc from 'fast-check'
import t from 'tap'
import { allOf, readerOf } from '../../../src/routes/query.js'

const NAMES = ['EIO', 'sid', 't']
const PIECES = [...NAMES, 's', 'id', '%73', '%', '%4', '%zz', '%C3%A9', '%E9', '+', '=', '=', '&', '&', '?', '#', '/', ';', '1', '\xc3\xa9', '[', '__proto__']

t.test('any query is read as URLSearchParams reads it', async (t) => {
  const url = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => `/socket.io/${pieces.join('')}`)
  fc.assert(fc.property(url, (url) => {
    const { search, searchParams } = new URL(url, 'https://socket.io')
    t.strictSame({ ...allOf(url) }, Object.fromEntries(searchParams))
    const read = readerOf(url)
    for (const name of NAMES) t.equal(read?.(name), searchParams.getAll(name).at(-1), `${name} of ${url}`)
    if (search === '' && !url.includes('?')) t.equal(read, undefined)
  }), { numRuns: 3000 })
})

t.test('a long query of almost the right names is read in time that grows with its length', async (t) => {
  /** The best of some times, ms: others have work of this machine in them. */
  const timeOf = (length: number): number => {
    const url = `/?${'sid%'.repeat(length)}&${'&sid'.repeat(length)}&${'?+'.repeat(length)}`
    const times = Array.from({ length: 20 }, () => {
      const began = performance.now()
      const found = readerOf(url)?.('sid')
      const time = performance.now() - began
      return found === '' ? time : Infinity
    })
    return Math.min(...times)
  }
  // 16 KiB, Node's limit for a request's head. Beyond it, URLSearchParams of Node 24 itself takes time that grows with the square.
  t.ok(timeOf(1600) < 100 * Math.max(timeOf(100), 0.02))
})
