import t from 'tap'
import { idShower, shortId, showIds } from '../../../src/observation/shown-ids.js'

const SID = 'AbCdEfGhIjKlMnOpQrSt'

t.test('an id is shown by its first characters, at most half of it', async (t) => {
  t.equal(shortId(SID), 'AbCdEfGh…')
  t.equal(shortId('abcdefgh'), 'abcd…')
  t.equal(shortId('abc'), 'a…')
  t.equal(shortId(''), '')
  t.equal(idShower('short', undefined), shortId)
  t.equal(idShower('short', '01234567')(`01234567${SID}`), '01234567AbCd…', 'the tag of the node, and four more')
  t.equal(idShower('whole', '01234567')(SID), SID)
  t.equal(idShower('whole', undefined)('x'.repeat(7000)).length, 101, 'a client may send what it likes')
})

t.test('ids in queries are shown short, and the one that is known wherever it is', async (t) => {
  const show = (value: unknown, sid = ''): unknown => showIds(value, sid, shortId)
  t.equal(show(`/socket.io/?EIO=4&sid=${SID}&t=1`), '/socket.io/?EIO=4&sid=AbCdEfGh…&t=1')
  t.equal(show(`/?sid=${SID}&sid=${'b'.repeat(20)}`), '/?sid=AbCdEfGh…&sid=bbbbbbbb…')
  t.equal(show(`/socket.io/1/xhr-polling/${SID}?t=1`, SID), '/socket.io/1/xhr-polling/AbCdEfGh…?t=1')
  const encoded = 'a/b+c d/e+f g/h+i'
  t.equal(show(`io=${encodeURIComponent(encoded)}; x=${encoded}`, encoded), 'io=a/b+c d/…; x=a/b+c d/…')
  t.strictSame(show({ url: `/x/${SID}`, n: 1, none: null, headers: { cookie: [`io=${SID}`] } }, SID), { url: '/x/AbCdEfGh…', n: 1, none: null, headers: { cookie: ['io=AbCdEfGh…'] } })
  t.equal(show('a polling client', 'poll'), 'a polling client', 'a short text is no id')
  const error = new Error(SID)
  const date = new Date()
  t.strictSame(show({ error, date }, SID), { error, date })
})
