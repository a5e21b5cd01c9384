import t from 'tap'
import { callback, toForm } from '../../kit/revision-1/payload.js'
import { serve } from '../../kit/revision-1/server.js'
import type { Session } from '../../kit/revision-1/server.js'
import { behaviour } from './revision-1-behaviour.js'
import { fetchText } from '../../kit/request.js'

behaviour('jsonp-polling')

const postForm = ({ client }: Session, body: string, headers: Record<string, string> = {}) =>
  fetchText(client.url, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } })

t.test('an answer is a call with the payload as a string', async (t) => {
  const client = await (await serve(t)).client('jsonp-polling')
  const { status, headers, body } = await client.request('GET', '?t=2&i=0')
  t.strictSame([status, headers['content-type'], headers['content-length'], headers['x-xss-protection'], body],
    [200, 'text/javascript; charset=UTF-8', '15', '0', 'io.j[0]("1::");'])
})

t.test('the callback index is digits as they came, and 0 for everything else', async (t) => {
  const session = await (await serve(t)).connect('jsonp-polling')
  const cases: [query: string, index: string][] = [
    ['?i=3', '3'], ['?i=007', '007'], ['?i=1&i=2', '2'], ['', '0'], ['?i=', '0'], ['?i=abc', '0'], ['?i=alert(1)', '0'],
    ['?i=1&i=x', '0'], ['?i=-1', '0'], ['?i=1.5', '0'], ['?i=1%0A', '0'], ['?i=%D9%A1', '0'], ['?i[]=1', '0'], ['?i=1%26i=2', '0']
  ]
  for (const [query, index] of cases) {
    session.socket.send({ type: 'message', data: 'x' })
    t.equal((await session.client.request('GET', query)).body, `io.j[${index}]("3:::x");`, query)
  }
})

t.test('an unknown session is told so through the callback asked for', async (t) => {
  const client = await (await serve(t)).client('jsonp-polling', 'nobody')
  const { status, headers, body } = await client.request('GET', '?i=5')
  t.strictSame([status, headers['content-type'], body], [200, 'text/javascript; charset=UTF-8', 'io.j[5]("7:::1+0");'])
})

t.test('line separators are escaped in the script', async (t) => {
  const session = await (await serve(t)).connect('jsonp-polling')
  session.socket.send({ type: 'message', data: 'a\u2028b\u2029c"d\\' })
  t.equal((await session.client.request('GET', '?i=1')).body, 'io.j[1]("3:::a\\u2028b\\u2029c\\"d\\\\");')
})

t.test('a framed payload is one string', async (t) => {
  const session = await (await serve(t)).connect('jsonp-polling')
  session.socket.send({ type: 'message', data: 'a😀' })
  session.socket.send({ type: 'message', data: 'b' })
  t.equal((await session.client.request('GET', '?i=1')).body, 'io.j[1]("\ufffd7\ufffd3:::a😀\ufffd5\ufffd3:::b");')
})

t.test('a POST holds a JSON string in field d of a form', async (t) => {
  const session = await (await serve(t)).connect('jsonp-polling')
  const cases: [body: string, ...data: string[]][] = [
    ['d=%223%3A%3A%3Ahello%22', 'hello'],
    ['d="3:::unencoded+colons"', 'unencoded colons'],
    ['d=%223:::a%2Bb%22', 'a+b'],
    ['d=%223:::a%5Cnb%22', 'a\nb'],
    ['d=%223:::%5C%22%5C%5C%22', '"\\'],
    ['d=%223:::%5Cu2028%22', '\u2028'],
    ['x=1&d=%223:::other+fields%22&y=2', 'other fields'],
    ['d=%223:::trailing%22\r\n', 'trailing'],
    ['d="\\ufffd5\\ufffd3:::a\\ufffd5\\ufffd3:::b"', 'a', 'b']
  ]
  for (const [body, ...data] of cases) {
    session.packets.length = 0
    t.match(await postForm(session, body), { status: 200, body: '1', headers: { 'content-type': 'text/plain; charset=UTF-8' } })
    t.strictSame(session.packets, data.map((text) => ({ type: 'message', endpoint: '', data: text })), body)
  }
})

t.test('a client of 0.7 puts the payload into the form as it is', async (t) => {
  const session = await (await serve(t)).connect('jsonp-polling')
  await postForm(session, `d=${encodeURIComponent('3:::raw "text"')}`)
  t.strictSame(session.packets, [{ type: 'message', endpoint: '', data: 'raw "text"' }])
})

t.test('a form without a payload is answered 1, and the session lives', async (t) => {
  const session = await (await serve(t)).connect('jsonp-polling')
  for (const body of ['', 'x=1', 'd=', 'd=123', 'd=null', 'd={"a":1}', 'd=["3:::x"]', 'd=%', 'd=%22unfinished']) {
    t.match(await postForm(session, body), { status: 200, body: '1' }, body)
  }
  t.strictSame(session.packets, [])
  t.match(await postForm(session, toForm('3:::alive')), { status: 200, body: '1' })
  t.equal(session.packets.length, 1)
})

t.test('answers to GETs have no CORS headers, answers to POSTs do', async (t) => {
  const server = await serve(t, { cors: { origin: true } })
  const session = await server.connect('jsonp-polling')
  const headers = { origin: 'http://app.example' }
  session.socket.send({ type: 'message', data: 'x' })
  const get = await fetchText(session.client.url, { headers })
  t.equal(callback(get.body).payload, '3:::x')
  t.notOk(get.headers['access-control-allow-origin'])
  const post = await postForm(session, toForm('3:::x'), headers)
  t.equal(post.headers['access-control-allow-origin'], 'http://app.example')
  t.equal(post.headers['x-xss-protection'], '0')
})
