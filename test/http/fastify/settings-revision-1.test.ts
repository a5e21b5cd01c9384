// What the app has set up for itself stays as it is, and its limits do not cut what is meant to last.
import { once } from 'node:events'
import { get } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { mock } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import t from 'tap'
import socketioTransports from '../../../src/index.js'
import { newApp, portOf } from '../../kit/servers/app.js'
import { connectPolling, handshake, poll } from '../../kit/revision-1/inject.js'

t.test('bodies of other routes are parsed as the app parses them', async (t) => {
  const app = newApp(t)
  app.addContentTypeParser('text/x-own', { parseAs: 'string' }, (_request, body, done) => done(null, `own ${String(body)}`))
  await app.register(socketioTransports)
  app.post('/echo', async (request) => ({ got: request.body }))
  const echo = (type: string, payload: string) => app.inject({ method: 'POST', url: '/echo', headers: { 'content-type': type }, payload })
  t.same((await echo('application/json', '{"a":1}')).json(), { got: { a: 1 } })
  t.same((await echo('text/x-own', 'x')).json(), { got: 'own x' })
  t.equal((await echo('text/x-other', 'x')).statusCode, 415)
  const sid = await handshake(app)
  const payload = '{"not":"parsed"'
  const taken = await app.inject({ method: 'POST', url: `/socket.io/1/xhr-polling/${sid}`, headers: { 'content-type': 'application/json' }, payload })
  t.equal(taken.body, '1')
})

t.test('the error handler and the 404 handler of the app answer for its own routes', async (t) => {
  const app = newApp(t)
  app.setErrorHandler((error: Error, _request, reply) => reply.code(500).send(`handled ${error.message}`))
  app.setNotFoundHandler((_request, reply) => reply.code(404).send('own 404'))
  await app.register(socketioTransports)
  app.get('/fails', async () => { throw new Error('x') })
  t.equal((await app.inject('/fails')).body, 'handled x')
  t.equal((await app.inject('/nowhere')).body, 'own 404')
  t.equal((await app.inject('/socket.iox/1/')).body, 'own 404')
  const headers = (await app.inject('/nowhere')).headers
  t.equal(headers['cache-control'], undefined)
  t.equal(headers['x-content-type-options'], undefined)
})

t.test('a handlerTimeout of the server answers its own routes, and no parked poll', async (t) => {
  const app = newApp(t, { handlerTimeout: 50 })
  await app.register(socketioTransports, { pollingDuration: 400 })
  app.get('/slow', () => new Promise(() => {}))
  await portOf(app) // a listener keeps the process alive; the timers do not
  const sid = await connectPolling(app)
  const [slow, parked] = await Promise.all([app.inject('/slow'), poll(app, sid)])
  t.equal(slow.statusCode, 503)
  t.equal(parked.statusCode, 200)
  t.equal(parked.body, '8::')
})

t.test('a polling duration of any length parks polls', async (t) => {
  const app = newApp(t)
  await app.register(socketioTransports, { pollingDuration: 2 ** 31 - 1, closeTimeout: 2 ** 31 - 1 })
  const sid = await connectPolling(app)
  const parked = poll(app, sid)
  // A time that setTimeout does not know runs out after one millisecond.
  await setTimeout(20)
  app.socketio.sessions.get(sid)?.send({ type: 'message', data: 'x' })
  t.equal((await parked).body, '3:::x')
})

for (const transport of ['htmlfile', 'xhr-multipart'] as const) {
  t.test(`a stream of ${transport} lasts longer than any time set for handlers`, async (t) => {
    const app = newApp(t)
    await app.register(socketioTransports, { transports: [transport] })
    const port = await portOf(app)
    const sid = await handshake(app)
    mock.timers.enable({ apis: ['setTimeout'] })
    t.teardown(() => mock.timers.reset())
    const [response] = await once(get({ port, host: '127.0.0.1', path: `/socket.io/1/${transport}/${sid}` }), 'response') as [IncomingMessage]
    let text = ''
    response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk })
    const ended = once(response, 'close').catch(() => {})
    mock.timers.tick(3_600_000)
    const socket = app.socketio.sessions.get(sid)
    socket?.send({ type: 'message', data: 'an hour later' })
    socket?.send({ type: 'disconnect' })
    await ended
    t.match(text, '3:::an hour later')
  })
}
