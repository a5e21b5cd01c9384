import t from 'tap'
import { serve } from '../../kit/revision-1/server.js'
import { behaviour } from './revision-1-behaviour.js'

behaviour('htmlfile')

const PROLOGUE = '<html><body><script>var _ = function (msg) { parent.s._(msg, document); };</script>' + ' '.repeat(173)

t.test('a document of 256 bytes opens the stream, then every packet is a script element', async (t) => {
  const { client, socket } = await (await serve(t)).connect('htmlfile')
  const { held } = client
  t.match(await held?.opened, {
    status: 200,
    headers: { 'content-type': 'text/html; charset=UTF-8', 'transfer-encoding': 'chunked', 'cache-control': /no-transform/ }
  })
  t.equal(Buffer.byteLength(PROLOGUE), 256)
  socket.send({ type: 'message', data: 'a' })
  socket.send({ type: 'message', data: 'b' })
  await client.take(2)
  t.equal(held?.text, `${PROLOGUE}<script>_("1::");</script><script>_("3:::a");</script><script>_("3:::b");</script>`)
})

t.test('every slash is escaped, in endpoints and end tags too', async (t) => {
  const { client, socket } = await (await serve(t)).connect('htmlfile')
  socket.send({ type: 'message', endpoint: '/chat', data: 'x/y</script>\u2028' })
  await client.next()
  t.equal(client.held?.text.slice(PROLOGUE.length), '<script>_("1::");</script><script>_("3::\\/chat:x\\/y<\\/script>\\u2028");</script>')
})

t.test('no message opens a comment, in which a browser would overlook the end of the element', async (t) => {
  const { client, socket } = await (await serve(t)).connect('htmlfile')
  socket.send({ type: 'message', data: '<!--<script>' })
  t.equal(await client.next(), '3:::<!--<script>')
  t.equal(client.held?.text.slice(PROLOGUE.length), '<script>_("1::");</script><script>_("3:::\\u003c!--<script>");</script>')
})

t.test('what was queued when the stream opens is one script element with a framed payload', async (t) => {
  const server = await serve(t)
  const client = await server.client('htmlfile')
  await client.post('3:::x')
  server.socketOf(client.sid).send({ type: 'message', data: 'q1' })
  server.socketOf(client.sid).send({ type: 'message', data: 'q😀' })
  await client.take(3)
  t.equal(client.held?.text, `${PROLOGUE}<script>_("\ufffd3\ufffd1::\ufffd6\ufffd3:::q1\ufffd7\ufffd3:::q😀");</script>`)
})

t.test('an unknown session is told so in a document that ends', async (t) => {
  const client = await (await serve(t)).client('htmlfile', 'nobody')
  const { status, headers, body } = await client.request('GET')
  t.strictSame([status, headers['content-type'], body], [200, 'text/html; charset=UTF-8', `${PROLOGUE}<script>_("7:::1+0");</script>`])
})

t.test('the stream has no CORS headers', async (t) => {
  const server = await serve(t, { cors: { origin: true } })
  const client = await server.client('htmlfile')
  const { headers } = await fetchHead(client.url)
  t.notOk(headers.get('access-control-allow-origin'))
  t.equal(headers.get('content-type'), 'text/html; charset=UTF-8')
})

/** The head of an answer to another origin's request; the stream is given up. */
async function fetchHead (url: string): Promise<Response> {
  const response = await fetch(url, { headers: { origin: 'http://app.example' } })
  await response.body?.cancel()
  return response
}
