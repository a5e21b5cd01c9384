import t from 'tap'
import { fetchText } from '../../kit/request.js'
import { serve } from '../../kit/revision-1/server.js'
import { behaviour } from './revision-1-behaviour.js'

behaviour('xhr-polling')

t.test('an answer is the bare packet, its length given in bytes', async (t) => {
  const server = await serve(t)
  const client = await server.client('xhr-polling')
  const { status, headers, body } = await client.request('GET')
  t.strictSame([status, headers['content-type'], headers['content-length'], body], [200, 'text/plain; charset=UTF-8', '3', '1::'])
  t.notOk(headers['transfer-encoding'])
  server.socketOf(client.sid).send({ type: 'message', data: 'ä😀' })
  const second = await client.request('GET')
  t.strictSame([second.headers['content-length'], second.body], ['10', '3:::ä😀'])
})

t.test('several packets are framed with their lengths in UTF-16 code units', async (t) => {
  const { client, socket } = await (await serve(t)).connect('xhr-polling')
  socket.send({ type: 'message', data: 'a😀b' })
  socket.send({ type: 'message', data: 'c' })
  t.equal((await client.request('GET')).body, '\ufffd8\ufffd3:::a😀b\ufffd5\ufffd3:::c')
})

t.test('a POST is answered 1 as text, whatever is in it', async (t) => {
  const { client, packets } = await (await serve(t)).connect('xhr-polling')
  for (const payload of ['', 'garbage', '\ufffd', '\ufffdx\ufffd3:::a', '3:::good']) {
    const { status, headers, body } = await client.post(payload)
    t.strictSame([status, headers['content-type'], headers['content-length'], body], [200, 'text/plain; charset=UTF-8', '1', '1'])
  }
  t.strictSame(packets, [{ type: 'message', endpoint: '', data: 'good' }])
})

t.test('a POST may have any Content-Type, or none', async (t) => {
  const { client, packets } = await (await serve(t)).connect('xhr-polling')
  const types = ['text/plain', 'application/json', 'application/x-www-form-urlencoded', 'application/octet-stream']
  for (const type of types) {
    t.match(await fetchText(client.url, { method: 'POST', body: '3:::x', headers: { 'content-type': type } }), { status: 200, body: '1' })
  }
  t.match(await fetchText(client.url, { method: 'POST', body: '3:::x' }), { status: 200, body: '1' })
  t.equal(packets.length, types.length + 1)
})

t.test('answers to an allowed origin name it, and allow cookies', async (t) => {
  const server = await serve(t, { cors: { origin: 'http://app.example' } })
  const { url } = await server.client('xhr-polling')
  const headers = { origin: 'http://app.example' }
  for (const method of ['GET', 'POST']) {
    const answer = await fetchText(url, { method, headers })
    t.match(answer.headers, {
      'access-control-allow-origin': 'http://app.example',
      'access-control-allow-credentials': 'true',
      'x-xss-protection': method === 'POST' ? '0' : undefined
    })
  }
  t.match(await fetchText(url, { headers: { origin: 'http://evil.example' } }), { status: 403 })
})
