// `io.engine.use` as socket.io documents it: on its own server, in the drop-in and in the plugin.
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { WebSocket } from 'ws'
import socketioTransports from '../../src/index.js'
import type { ConnectionError, EngineMiddleware } from '../../types/engine.js'
import { ask, connectOfficial, join4 } from '../kit/official-clients.js'
import type { Generation } from '../kit/official-clients.js'
import { fetchText } from '../kit/request.js'
import { newApp, pluginApp, portOf, serverApp } from '../kit/servers/app.js'
import { serveHttp2 } from '../kit/servers/http2.js'
import { EVERYWHERE, OURS } from '../kit/servers/three-places.js'
import type { Teardown } from '../kit/teardown.js'

const POLLING = '/socket.io/?EIO=4&transport=polling'
const WEBSOCKET = '/socket.io/?EIO=4&transport=websocket'

const pass: EngineMiddleware = (_request, _response, next) => next()

/** Opens a session by polling and returns its id. */
async function openSession (url: string): Promise<string> {
  const { body } = await fetchText(url + POLLING)
  return (JSON.parse(body.slice(1)) as { sid: string }).sid
}

/** Asks for a WebSocket. Returns the headers of the 101; undefined if it does not open. */
async function upgrade (t: Teardown, url: string): Promise<IncomingMessage['headers'] | undefined> {
  const socket = new WebSocket(url.replace('http', 'ws'))
  t.teardown(() => socket.terminate())
  const headers = new Promise<IncomingMessage['headers']>((resolve) => socket.once('upgrade', (response) => resolve(response.headers)))
  const opened = once(socket, 'open').then(() => true, () => false)
  return await opened ? await headers : undefined
}

for (const [where, start] of Object.entries(EVERYWHERE)) {
  t.test(`headers of middlewares are in every answer ${where}`, async (t) => {
    const { engine, url } = await start(t)
    const asked: unknown[] = []
    engine.use((request, response, next) => {
      asked.push([request.method, request._query?.['transport'], request._query?.['sid']])
      response.setHeader('x-first', 'yes')
      response.setHeader('Set-Cookie', ['a=1', 'b=2'])
      next()
    })
    const handshake = await fetchText(url + POLLING)
    const { sid } = JSON.parse(handshake.body.slice(1)) as { sid: string }
    const post = await fetchText(`${url}${POLLING}&sid=${sid}`, { method: 'POST', body: '40' })
    const poll = await fetchText(`${url}${POLLING}&sid=${sid}`)
    const move = await upgrade(t, `${url}${WEBSOCKET}&sid=${sid}`)
    const websocket = await upgrade(t, url + WEBSOCKET)
    for (const headers of [handshake.headers, post.headers, poll.headers, move, websocket]) t.match(headers, { 'x-first': 'yes' })
    for (const headers of [handshake.headers, post.headers, poll.headers]) t.strictSame(headers['set-cookie'], ['a=1', 'b=2'])
    // The own server joins several cookies, which no browser understands.
    for (const headers of [move, websocket]) t.equal(String(headers?.['set-cookie']), 'a=1,b=2')
    t.strictSame(asked, [
      ['GET', 'polling', undefined], ['POST', 'polling', sid], ['GET', 'polling', sid], ['GET', 'websocket', sid], ['GET', 'websocket', undefined]
    ])
  })

  t.test(`headers that are set when the head is written are in every answer ${where}`, async (t) => {
    const { engine, url } = await start(t)
    engine.use((_request, response, next) => {
      const { writeHead } = response
      Object.assign(response, {
        writeHead (this: ServerResponse, ...args: unknown[]): void { // which returns nothing
          this.setHeader('x-late', 'yes')
          Reflect.apply(writeHead, this, args)
        }
      })
      next()
    })
    t.equal((await fetchText(url + POLLING)).headers['x-late'], 'yes')
    t.equal((await upgrade(t, url + WEBSOCKET))?.['x-late'], 'yes')
  })

  t.test(`listeners of headers and middlewares do not replace each other's cookies ${where}`, async (t) => {
    const { engine, url } = await start(t)
    engine.use((_request, response, next) => {
      response.setHeader('Set-Cookie', 'of=middleware')
      response.setHeader('x-who', 'middleware')
      next()
    })
    engine.on('initial_headers', (headers: Record<string, string | string[]>) => { headers['set-cookie'] = 'of=listener' })
    engine.on('headers', (headers: Record<string, string | string[]>) => { headers['x-who'] = 'listener' })
    t.strictSame((await upgrade(t, url + WEBSOCKET))?.['set-cookie'], ['of=middleware', 'of=listener'])
    t.equal((await upgrade(t, url + WEBSOCKET))?.['x-who'], 'listener')
    t.equal((await fetchText(url + POLLING)).headers['x-who'], 'listener')
  })

  t.test(`middlewares run in their order, asynchronous ones too ${where}`, async (t) => {
    const { engine, url } = await start(t)
    const order: string[] = []
    engine.use((_request, _response, next) => {
      order.push('first')
      setImmediate(() => {
        order.push('first is done')
        next()
      })
    })
    engine.use(async (_request, _response, next) => {
      await null
      order.push('second')
      next()
      next(new Error('only the first call counts'))
    })
    engine.use((_request, _response, next) => {
      order.push('third')
      next()
    })
    const expected = ['first', 'first is done', 'second', 'third']
    t.equal((await fetchText(url + POLLING)).status, 200)
    t.strictSame(order.splice(0), expected)
    t.ok(await upgrade(t, url + WEBSOCKET))
    t.strictSame(order, expected)
  })

  const failing: Record<string, EngineMiddleware> = {
    'calls next with an error': (_request, _response, next) => next(new Error('no')),
    'calls next with an error, later': (_request, _response, next) => { setImmediate(next, 'no') },
    'calls next with an error and goes on': (_request, _response, next) => {
      next(new Error('no'))
      next()
    },
    throws: () => { throw new Error('no') },
    rejects: async () => { throw new Error('no') }
  }
  for (const [how, middleware] of Object.entries(failing)) {
    t.test(`a middleware that ${how} refuses the request ${where}`, async (t) => {
      const { engine, url } = await start(t)
      const errors: unknown[] = []
      engine.on('connection_error', ({ code, message, context }: ConnectionError) => errors.push([code, message, context['name']]))
      engine.use(middleware)
      engine.use(() => t.fail('the next one runs'))
      const { status, body } = await fetchText(url + POLLING)
      t.strictSame([status, body], [400, '{"code":3,"message":"Bad request"}'])
      t.equal(await upgrade(t, url + WEBSOCKET), undefined)
      t.strictSame(errors, Array(2).fill([3, 'Bad request', 'MIDDLEWARE_FAILURE']))
      t.equal(engine.clientsCount, 0)
    })
  }

  for (const [when, defer] of Object.entries({ 'at once': (end: () => void) => end(), later: (end: () => void) => { setImmediate(end) } })) {
    t.test(`a middleware ends the response ${when} ${where}`, async (t) => {
      const { engine, url } = await start(t)
      let finished = 0
      engine.use((_request, response) => defer(() => {
        response.on('finish', () => finished++)
        response.writeHead(401, { 'x-why': 'nobody' })
        response.end('who are you?')
      }))
      engine.use(() => t.fail('the next one runs'))
      engine.on('connection', () => t.fail('there is a session'))
      const { status, headers, body } = await fetchText(url + POLLING)
      t.strictSame([status, headers['x-why'], body], [401, 'nobody', 'who are you?'])
      t.equal(await upgrade(t, url + WEBSOCKET), undefined)
      t.equal(finished, 2)
      t.equal(engine.clientsCount, 0)
    })
  }

  t.test(`the response of an upgrade closes with its connection ${where}`, async (t) => {
    const { engine, io, url } = await start(t)
    const closes: Promise<unknown>[] = []
    engine.use((_request, response, next) => {
      closes.push(once(response, 'close'))
      next()
    })
    const client = await join4(t, url)
    t.equal(closes.length, 1)
    let closed = false
    closes[0]?.then(() => { closed = true }, t.threw)
    await ask(client.timeout(50), 'nobody answers')
    t.notOk(closed)
    io.disconnectSockets(true)
    await closes[0]
  })

  t.test(`session ids are made by a function that is assigned later ${where}`, async (t) => {
    const { engine, url } = await start(t)
    let count = 0
    engine.generateId = async ({ method }) => `${method}-${++count}-xxxxxxxx`
    t.equal(await openSession(url), 'GET-1-xxxxxxxx')
    engine.generateId = ({ method }) => `${method}-${++count}-yyyyyyyy`
    t.equal(await openSession(url), 'GET-2-yyyyyyyy')
    t.equal(engine.clientsCount, 2)
  })

  for (const [generation, transports] of [[4, ['polling']], [4, ['websocket']], [4, ['polling', 'websocket']], [2, ['polling']], [2, ['websocket']], [2, ['polling', 'websocket']]] as [Generation, string[]][]) {
    t.test(`a client of ${generation}.x with ${transports.join(' and ')} passes middlewares ${where}`, async (t) => {
      const { engine, io, url } = await start(t)
      engine.use((request, _response, next) => {
        Object.assign(request, { user: 'ada' })
        setImmediate(next)
      })
      engine.use(pass)
      io.on('connection', (socket) => {
        socket.on('who', (answer: (...args: unknown[]) => void) => answer(Object.getOwnPropertyDescriptor(socket.request, 'user')?.value, socket.conn.transport.name))
        socket.conn.on('upgrade', () => socket.emit('moved'))
      })
      const client = connectOfficial(generation, url, transports)
      t.teardown(() => client.disconnect())
      const moved = transports.length > 1 ? new Promise((resolve) => client.on('moved', resolve)) : undefined
      await new Promise((resolve) => client.on('connect', resolve))
      await moved
      t.strictSame(await ask(client, 'who'), ['ada', transports.at(-1)])
    })
  }

  t.test(`helmet works ${where}`, async (t) => {
    const { engine, url } = await start(t)
    const helmet = createRequire(import.meta.resolve('@fastify/helmet'))('helmet') as () => EngineMiddleware
    engine.use(helmet())
    const { headers } = await fetchText(url + POLLING)
    t.match(headers, { 'x-download-options': 'noopen', 'x-content-type-options': 'nosniff', 'content-security-policy': /default-src/ })
    t.match(await upgrade(t, url + WEBSOCKET), { 'x-download-options': 'noopen', 'x-content-type-options': 'nosniff' })
  })
}

// ---- Where socket.io's own server never answers, ends its process, or lets in.

for (const [where, start] of Object.entries(OURS)) {
  t.test(`an empty session id is no way round a middleware for handshakes ${where}`, async (t) => {
    const { engine, url } = await start(t)
    engine.use((request, response, next) => {
      if (request._query?.['sid'] !== undefined) return next()
      response.statusCode = 401
      response.end()
    })
    for (const query of ['', '&sid', '&sid=', '&sid=x&sid=', '&%73id=']) {
      const { status } = await fetchText(url + POLLING + query)
      t.ok(status === 401 || status === 400, query)
      t.equal(await upgrade(t, url + WEBSOCKET + query), undefined, query)
    }
    t.equal(engine.clientsCount, 0)
  })

  t.test(`a middleware that ends the response of an upgrade answers its client ${where}`, async (t) => {
    const { engine, url } = await start(t)
    engine.use((_request, response) => {
      response.writeHead(401, { 'x-why': 'nobody' })
      response.end('who are you?')
    })
    const socket = new WebSocket(url.replace('http', 'ws') + WEBSOCKET)
    const [, response] = await once(socket, 'unexpected-response') as [unknown, IncomingMessage]
    t.strictSame([response.statusCode, response.headers['x-why'], await text(response)], [401, 'nobody', 'who are you?'])
  })

  t.test(`a middleware that begins a response and passes the request on ends the response ${where}`, async (t) => {
    const { engine, url, lines } = await start(t)
    engine.use((_request, response, next) => {
      response.writeHead(200, { 'x-begun': 'yes' })
      next()
    })
    const { headers, body } = await fetchText(url + POLLING)
    t.strictSame([headers['x-begun'], body], ['yes', ''])
    t.equal(await upgrade(t, url + WEBSOCKET), undefined)
    t.equal(engine.clientsCount, 0)
    t.match(lines.map(({ msg }) => msg), Array(2).fill('a middleware of engine.use has begun the response and not ended it'))
  })

  t.test(`what is no function is refused at once ${where}`, async (t) => {
    const { engine } = await start(t)
    const wrong: unknown = { handle: pass }
    t.throws(() => engine.use(wrong as EngineMiddleware), { code: 'FST_SIO_BAD_OPTION', message: /a function of \(request, response, next\)/ })
  })
}

t.test('a middleware that neither passes nor answers is given up after handshakeTimeout, and the log says so', async (t) => {
  const { engine, url, lines } = await OURS['in the plugin'](t, { handshakeTimeout: 150 })
  const nexts: (() => void)[] = []
  engine.use((_request, _response, next) => { nexts.push(next) })
  engine.use(() => t.fail('the next one runs'))
  const { status, body } = await fetchText(url + POLLING)
  t.strictSame([status, body], [503, '{"code":3,"message":"Handshake timeout"}'])
  t.equal(await upgrade(t, url + WEBSOCKET), undefined)
  for (const call of nexts) call()
  t.equal(nexts.length, 2)
  t.match(lines.map(({ reason, detail }) => [reason, detail]), Array(2).fill(['handshake timeout', /neither called next nor ended the response within handshakeTimeout/]))
})

t.test('a middleware that fails after next does not stop the request, and the log says so', async (t) => {
  const { engine, url, lines } = await OURS['in the plugin'](t)
  engine.use((_request, _response, next) => {
    next()
    throw new Error('late')
  })
  engine.use(async (_request, _response, next) => {
    next()
    throw new Error('later')
  })
  t.equal((await fetchText(url + POLLING)).status, 200)
  t.match(lines.map(({ err, msg }) => [err, msg]), [[{ message: 'late' }, /failed after it had called next/], [{ message: 'later' }, /failed after it had called next/]])
})

t.test('a client that leaves while a middleware waits leaves nothing behind', async (t) => {
  const { engine, url, lines } = await OURS['in the plugin'](t)
  const waiting = new Promise<{ response: ServerResponse, next: () => void }>((resolve) => {
    engine.use((_request, response, next) => resolve({ response, next }))
  })
  engine.use(() => t.fail('the next one runs'))
  const abort = new AbortController()
  const left = t.rejects(fetch(url + POLLING, { signal: abort.signal }))
  const { response, next: proceed } = await waiting
  const closed = once(response, 'close')
  abort.abort()
  await Promise.all([left, closed])
  t.equal(response.listenerCount('close'), 0)
  proceed()
  t.strictSame(lines, [])
})

t.test('clients of 0.9 pass the middlewares of the plugin: only their handshakes have no session id', async (t) => {
  const { engine, io, url } = await OURS['in the plugin'](t)
  const sids: unknown[] = []
  engine.use((request, _response, next) => {
    sids.push(request._query?.['sid'])
    if (request._query?.['sid'] === undefined) Object.assign(request, { user: 'ada' })
    next()
  })
  io.on('connection', (socket) => socket.emit('you are', Object.getOwnPropertyDescriptor(socket.request, 'user')?.value))
  for (const transport of ['websocket', 'xhr-polling']) {
    // A page's own parameter of that name is no way round them.
    const client = connectOfficial(0.9, `${url}/?sid=of-the-page`, [transport], { 'force new connection': true })
    t.teardown(() => client.disconnect())
    const heard = new Promise((resolve) => client.on('you are', resolve))
    t.equal(await heard, 'ada')
  }
  const [first, second] = sids
  t.equal(first, undefined)
  t.match(second, /^[\w-]{20}$/)
  t.equal(sids.filter((sid) => sid === undefined).length, 2)
})

t.test('a JSONP handshake of 0.9 that a middleware refuses gets a script, for which its page waits', async (t) => {
  const app = await pluginApp(t, { handshakeTimeout: 50 })
  const middlewares: EngineMiddleware[] = [(_request, _response, next) => next(new Error('no')), () => {}]
  app.socketio.use((request, response, next) => middlewares.shift()?.(request, response, next))
  const url = `http://127.0.0.1:${await portOf(app)}/socket.io/1/?jsonp=0`
  for (const word of ['bad request', 'handshake timeout']) {
    const { status, body } = await fetchText(url)
    t.strictSame([status, body], [200, `io.j[0](new Error("${word}"));`])
  }
})

t.test('hooks of the app run before middlewares, and authorize after them', async (t) => {
  const order: string[] = []
  const app = newApp(t)
  app.addHook('onRequest', async () => { order.push('hook') })
  await app.register(socketioTransports, {
    authorize ({ raw }) {
      order.push('authorize')
      return { user: Object.getOwnPropertyDescriptor(raw, 'user')?.value as unknown }
    }
  })
  app.addHook('preHandler', async () => { order.push('preHandler of the app') })
  app.socketio.use(async (request, _response, next) => {
    await null
    order.push('middleware')
    Object.assign(request, { user: 'ada' })
    next()
  })
  for (const url of [POLLING, '/socket.io/1/']) {
    const { statusCode, body } = await app.inject(url)
    t.equal(statusCode, 200)
    t.strictSame(order.splice(0), ['hook', 'middleware', 'preHandler of the app', 'authorize'])
    const [sid = ''] = /[\w-]{20}/.exec(body) ?? []
    t.strictSame(app.socketio.sessions.get(sid)?.context, { user: 'ada' })
  }
})

t.test('requests that do not belong to clients pass no middleware', async (t) => {
  const app = await pluginApp(t)
  app.get('/', async () => 'page')
  app.socketio.use(() => t.fail('it runs'))
  t.equal((await app.inject('/')).body, 'page')
  t.equal((await app.inject('/socket.io/socket.io.js')).statusCode, 404)
})

t.test('middlewares run for HTTP/2', async (t) => {
  const { app, ask: request } = await serveHttp2(t)
  app.socketio.use((_request, response, next) => {
    response.setHeader('x-seen', 'yes')
    setImmediate(next)
  })
  app.socketio.use(({ url }, response, next) => {
    if (url?.includes('no') !== true) return next()
    response.writeHead(401)
    response.end()
  })
  for (const [query, status] of [['', 200], ['&no', 401]] as const) {
    const [headers] = await once(request(POLLING + query), 'response') as [Record<string, unknown>]
    t.match(headers, { ':status': status, 'x-seen': 'yes' })
  }
})

t.test('a large body is whole behind a middleware that takes its time, and one that is too large is refused', async (t) => {
  const app = await serverApp(t, { maxPayload: 200_000 })
  app.socketio.use((_request, _response, next) => { setTimeout(next, 5) })
  app.io.on('connection', (socket) => socket.on('length', ({ length }: string, answer: (length: number) => void) => answer(length)))
  const client = await join4(t, `http://127.0.0.1:${await portOf(app)}`, { transports: ['polling'] })
  t.strictSame(await ask(client, 'length', 'x'.repeat(190_000)), [190_000])
  const gone = new Promise((resolve) => client.once('disconnect', resolve))
  client.emit('length', 'x'.repeat(300_000))
  t.equal(await gone, 'transport error')
})
