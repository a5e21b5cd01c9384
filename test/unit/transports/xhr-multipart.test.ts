import t from 'tap'
import { boundaryOf } from '../../kit/revision-1/payload.js'
import { serve } from '../../kit/revision-1/server.js'
import { behaviour } from './revision-1-behaviour.js'

behaviour('xhr-multipart')

t.test('a boundary line opens the stream and closes each part at once', async (t) => {
  const { client, socket } = await (await serve(t)).connect('xhr-multipart')
  const { status, headers } = await client.held?.opened ?? { status: 0, headers: {} }
  const boundary = boundaryOf(headers)
  t.equal(status, 200)
  t.equal(headers['content-type'], `multipart/x-mixed-replace;boundary="${boundary}"`)
  t.match(headers['cache-control'], /no-transform/)
  socket.send({ type: 'message', data: 'a' })
  socket.send({ type: 'message', data: 'b\n' })
  await client.take(2)
  const part = (payload: string): string => `Content-Type: text/plain\n\n${payload}\n--${boundary}\n`
  t.equal(client.held?.text, `--${boundary}\n${part('1::')}${part('3:::a')}${part('3:::b\n')}`)
})

t.test('no two streams have the same boundary, and none can be guessed', async (t) => {
  const server = await serve(t)
  const boundaries = new Set<string>()
  for (let i = 0; i < 20; i++) {
    const { client } = await server.connect('xhr-multipart')
    boundaries.add(boundaryOf((await client.held?.opened)?.headers ?? {}))
  }
  t.equal(boundaries.size, 20)
  for (const boundary of boundaries) t.match(boundary, /^socketio-[\w-]{20}$/, '120 random bits, within the 70 characters of a boundary')
})

t.test('what was queued when the stream opens is one part with a framed payload', async (t) => {
  const server = await serve(t)
  const client = await server.client('xhr-multipart')
  await client.post('3:::x')
  server.socketOf(client.sid).send({ type: 'message', data: 'q1' })
  await client.take(2)
  const boundary = boundaryOf((await client.held?.opened)?.headers ?? {})
  t.equal(client.held?.text, `--${boundary}\nContent-Type: text/plain\n\n\ufffd3\ufffd1::\ufffd6\ufffd3:::q1\n--${boundary}\n`)
})

t.test('an unknown session is told so in a stream that ends', async (t) => {
  const client = await (await serve(t)).client('xhr-multipart', 'nobody')
  const { status, headers, body } = await client.request('GET')
  const line = `--${boundaryOf(headers)}\n`
  t.strictSame([status, body], [200, `${line}Content-Type: text/plain\n\n7:::1+0\n${line}`])
})

t.test('the stream has the CORS headers of an XHR', async (t) => {
  const server = await serve(t, { cors: { origin: true } })
  const client = await server.client('xhr-multipart')
  const response = await fetch(client.url, { headers: { origin: 'http://app.example' } })
  t.equal(response.headers.get('access-control-allow-origin'), 'http://app.example')
  t.equal(response.headers.get('access-control-allow-credentials'), 'true')
  await response.body?.cancel()
})
