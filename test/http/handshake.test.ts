// The handshake: its line, its JSONP form, its refusals, and what of it the application finds again (WIRE.md 2).
import { once } from 'node:events'
import t from 'tap'
import socketioTransports from '../../src/index.js'
import { captureLog, newApp, pluginApp, portOf } from '../kit/servers/app.js'
import { byScript } from '../kit/script.js'
import { connectPolling, handshake, poll } from '../kit/revision-1/inject.js'

t.test('the answer is one line: id, heartbeat timeout, close timeout, transports', async (t) => {
  const app = await pluginApp(t)
  for (const method of ['GET', 'POST'] as const) {
    const { statusCode, headers, body } = await app.inject({ method, url: '/socket.io/1/' })
    t.equal(statusCode, 200)
    t.equal(headers['content-type'], 'text/plain')
    t.match(body, /^[A-Za-z0-9_-]{20}:60:60:websocket,htmlfile,xhr-polling,jsonp-polling$/)
  }
})

t.test('the line tells the timers in seconds and the transports in the order of the option', async (t) => {
  const app = await pluginApp(t, {
    heartbeatInterval: 1000, heartbeatTimeout: 15_500, closeTimeout: 25_000, transports: ['jsonp-polling', 'xhr-multipart', 'websocket']
  })
  t.equal((await app.inject('/socket.io/1/')).body.slice(20), ':15.5:25:jsonp-polling,xhr-multipart,websocket')
})

t.test('without heartbeats the field is empty, which is worth a warning', async (t) => {
  const { lines, logger } = captureLog('warn')
  const app = await pluginApp(t, { heartbeatInterval: false }, { logger })
  t.equal((await app.inject('/socket.io/1/')).body.slice(20), '::60:websocket,htmlfile,xhr-polling,jsonp-polling')
  t.equal(lines.length, 1)
  t.match(lines[0]?.msg, /^heartbeatInterval is false: /)
})

t.test('no two sessions have the same id', async (t) => {
  const app = await pluginApp(t)
  const ids = await Promise.all(Array.from({ length: 200 }, () => handshake(app)))
  t.equal(new Set(ids).size, 200)
  t.ok(ids.every((id) => /^[A-Za-z0-9_-]{20}$/.test(id)))
  t.equal(app.socketio.sessions.size, 200)
  t.equal(app.socketio.clientsCount, 0)
})

t.test('JSONP: an index of digits wraps the line in a call, anything else gets the plain form', async (t) => {
  const app = await pluginApp(t)
  for (const [query, index] of [['jsonp=0', '0'], ['jsonp=12', '12'], ['jsonp=007', '007'], ['t=1&jsonp=1&t=2', '1'], ['jsonp=1&jsonp=2', '2']] as const) {
    const { statusCode, headers, body } = await app.inject(byScript(`/socket.io/1/?${query}`))
    t.equal(statusCode, 200)
    t.equal(headers['content-type'], 'application/javascript')
    const [, sid = ''] = /\("([\w-]{20}):/.exec(body) ?? []
    t.equal(body, `io.j[${index}]("${sid}:60:60:websocket,htmlfile,xhr-polling,jsonp-polling");`, query)
    t.ok(app.socketio.sessions.has(sid))
  }
  for (const query of ['jsonp', 'jsonp=', 'jsonp=-1', 'jsonp=1.5', 'jsonp=alert(1)', 'jsonp=1%0A', 'jsonp=%D9%A1', 'jsonp[]=1', 'jsonp=1&jsonp=x']) {
    const { statusCode, headers, body } = await app.inject(`/socket.io/1/?${query}`)
    t.equal(statusCode, 200)
    t.equal(headers['content-type'], 'text/plain')
    t.match(body, /^[\w-]{20}:60:60:websocket,htmlfile,xhr-polling,jsonp-polling$/, query)
  }
})

t.test('nothing that a client writes into its query or its path comes back', async (t) => {
  const app = await pluginApp(t)
  const evil = '%3Cscript%3Ealert(1)%3C/script%3E'
  for (const url of [`1/?jsonp=${evil}`, `1/?t=${evil}&i=${evil}`, `${evil}/`, `${evil}/xhr-polling/x`, `1/${evil}/x`, `1/jsonp-polling/x?i=${evil}`,
    `1/jsonp-polling/${evil}?i=0`, `1/xhr-polling/${evil}`, `1/${evil}`]) {
    const { body, headers } = await app.inject(byScript(`/socket.io/${url}`))
    t.notMatch(body, /alert/, url)
    t.notMatch(JSON.stringify(headers), /alert/, url)
  }
})

t.test('versions are compared as numbers, and what is none is greeted', async (t) => {
  const app = await pluginApp(t)
  for (const [url, status, body] of [
    ['1.0/', 200, /^[\w-]{20}:/], ['01', 200, /^[\w-]{20}:/],
    ['2/', 500, 'Protocol version not supported.'], ['0', 500, 'Protocol version not supported.'],
    ['2/xhr-polling/x', 500, 'Protocol version not supported.'], ['hello/xhr-polling/x', 500, 'Protocol version not supported.'],
    ['hello/xhr-polling', 500, 'Protocol version not supported.'], ['hello/xhr-polling/', 500, 'Protocol version not supported.'],
    ['hello/other/', 500, 'Protocol version not supported.'],
    ['hello', 200, 'Welcome to socket.io.'], ['hello/', 200, 'Welcome to socket.io.'], ['1/2/3/4', 200, 'Welcome to socket.io.'], ['', 200, 'Welcome to socket.io.']
  ] as const) {
    const response = await app.inject(`/socket.io/${url}`)
    t.equal(response.statusCode, status, url)
    t.match(response.body, body, url)
    t.match(response.headers['content-type'], /^text\/plain/, url)
  }
  const script = await app.inject(byScript('/socket.io/2/?jsonp=4'))
  t.equal(script.body, 'io.j[4](new Error("Protocol version not supported."));')
})

t.test('generateId makes the ids; what cannot be one refuses the handshake, and is logged as a fault of the app', async (t) => {
  const ids = ['abc', 'abc', 'a:b', '', 'x'.repeat(101), 'd-_9']
  const { lines, logger } = captureLog('warn')
  const app = newApp(t, { logger })
  await app.register(socketioTransports, { generateId: ({ url }) => (url === '/socket.io/1/' ? ids.shift() : undefined) ?? 'none' })
  const answers = []
  for (let i = 0; i < 6; i++) answers.push((await app.inject('/socket.io/1/')).body)
  t.same(answers.map((answer) => answer.replace(/:.*/, '')), ['abc', ...Array(4).fill('handshake error'), 'd-_9'])
  t.match(lines, Array(4).fill({ level: 50, reason: 'id generation failed', err: { code: 'FST_SIO_INVALID_ID', message: /an id must/ } }))
  t.equal(lines.length, 4)
  app.socketio.generateId = () => 'assigned'
  t.equal(await handshake(app), 'assigned')
})

t.test('the query of the page is kept, as the official Server reads it', async (t) => {
  const app = await pluginApp(t)
  const sid = await handshake(app, '/socket.io', '?a=b&t=1&a=c&t=2')
  const socket = app.socketio.sessions.get(sid)
  t.strictSame({ ...socket?.request._query }, { a: 'c', t: '2' })
  t.equal(socket?.request.url, '/socket.io/1/?a=b&t=1&a=c&t=2')
  t.equal(socket?.remoteAddress, '127.0.0.1')
  t.equal(socket?.dialect, 'revision 1')
  t.equal(socket?.readyState, 'opening')
})

t.test('a handshake that is not used is forgotten, one that is used is not', async (t) => {
  const app = await pluginApp(t, { handshakeTimeout: 100, pollingDuration: 400 })
  await portOf(app) // a listener keeps the process alive; the timers do not
  const unused = await handshake(app)
  const used = await connectPolling(app)
  const parked = await poll(app, used)
  t.equal(parked.body, '8::')
  t.notOk(app.socketio.sessions.has(unused))
  t.ok(app.socketio.sessions.has(used))
  t.equal((await poll(app, unused)).body, '7:::1+0')
})

t.test('the connection is announced by the first request of a transport, once', async (t) => {
  const app = await pluginApp(t)
  const sid = await handshake(app)
  const announced = once(app.socketio, 'connection')
  t.equal(app.socketio.clientsCount, 0)
  await poll(app, sid)
  t.same((await announced).map(({ id }) => id), [sid])
  t.equal(app.socketio.clientsCount, 1)
})
