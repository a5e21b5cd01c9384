import t from 'tap'
import { isServableNamespace } from '../../../src/dialects/endpoint.js'

t.test('the Server reads a name as the client wrote it, or is not asked for it', async (t) => {
  for (const name of ['/chat', '/a/b', '/a%20b', '/a:b']) t.ok(isServableNamespace(name), name)
  for (const name of ['', '/', 'chat', '//evil', '/ä', '/chat?x=1', '/a/../b', '/a,b', '/a#b', '/a b', '//:']) t.notOk(isServableNamespace(name), name)
})

t.test('a name that is no URL is none however often it is asked about', async (t) => {
  // The bytes of a host in UTF-8, each a character: Node 20 mistakes them for it in code that has run some thousand times.
  let taken = 0
  for (let i = 0; i < 50_000; i++) if (isServableNamespace('//\xe2\x82\xac')) taken++
  t.equal(taken, 0)
})
