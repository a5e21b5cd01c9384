// Apps that use @fastify/websocket themselves, and upgrades that nobody can take.
import { once } from 'node:events'
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import socketioTransports from '../../../src/index.js'
import type { Socket } from '../../../types/socket.js'
import { DIALECTS } from '../../kit/engine-io/payload.js'
import { maskedFrame } from '../../kit/raw/frames.js'
import { until } from '../../kit/waiting.js'
import { HttpEndpoint } from '../../kit/engine-io/http-endpoint.js'
import { opened, openWebSocket } from '../../kit/websocket.js'
import { captureLog, newApp, pluginApp, portOf } from '../../kit/servers/app.js'
import { rawWebSocket } from '../../kit/raw/websocket.js'
import { connectWebsocket, handshake } from '../../kit/revision-1/inject.js'
import { requestUpgrade } from '../../kit/request.js'

/** The first byte of a text message that is whole and compressed. */
const COMPRESSED = 0xc1

const echo = (app: FastifyInstance, url = '/own'): void => {
  app.get(url, { websocket: true }, (socket) => { socket.on('message', (data) => socket.send(`own ${String(data)}`)) })
}

/** Each arrangement: where the app registers @fastify/websocket and its own route, and where ours is. */
const arrangements: Record<string, (app: FastifyInstance) => Promise<void>> = {
  'at the root, before ours': async (app) => {
    await app.register(fastifyWebsocket)
    await app.register(socketioTransports)
    echo(app)
  },
  'at the root, after ours': async (app) => {
    await app.register(socketioTransports)
    await app.register(fastifyWebsocket)
    await app.register(async (scope) => echo(scope))
  },
  'in a scope beside ours': async (app) => {
    await app.register(async (scope) => {
      await scope.register(fastifyWebsocket)
      echo(scope)
    })
    await app.register(async (scope) => {
      await scope.register(socketioTransports)
    })
  },
  'in a scope beside ours, later': async (app) => {
    await app.register(async (scope) => {
      await scope.register(socketioTransports)
    })
    await app.register(async (scope) => {
      await scope.register(fastifyWebsocket)
      echo(scope)
    })
  },
  'in our scope': async (app) => {
    await app.register(async (scope) => {
      await scope.register(fastifyWebsocket)
      echo(scope)
      await scope.register(socketioTransports)
    })
  },
  'in two scopes, of which one is ours': async (app) => {
    await app.register(async (scope) => {
      await scope.register(socketioTransports, { path: '/one' })
      await scope.register(async (child) => { await child.register(socketioTransports) })
    })
    await app.register(async (scope) => {
      await scope.register(fastifyWebsocket)
      echo(scope)
    })
  }
}

for (const [where, arrange] of Object.entries(arrangements)) {
  t.test(`an app with @fastify/websocket ${where}: its route and ours work, and upgrades are not worth a warning`, async (t) => {
    const { lines, logger } = captureLog('warn')
    const app = newApp(t, { logger })
    await arrange(app)
    const port = await portOf(app)
    const own = await openWebSocket(`ws://127.0.0.1:${port}/own`)
    own.send('hi')
    t.equal(await own.next(), 'own hi')
    const first = await connectWebsocket(app)
    const second = await connectWebsocket(app)
    first.send('3:1::a')
    second.send('3:2::b')
    t.equal(await first.next(), '6:::1')
    t.equal(await second.next(), '6:::2')
    own.send('ho')
    t.equal(await own.next(), 'own ho')
    for (const dialect of DIALECTS) {
      const endpoint = new HttpEndpoint(`http://127.0.0.1:${port}/socket.io/`, dialect)
      const { wire, first } = await opened(endpoint.url('websocket'))
      t.match(first, /^0\{/)
      const trial = await openWebSocket((await endpoint.poll()).webSocket.replace('http:', 'ws:'))
      trial.send('2probe')
      t.equal(await trial.next(), '3probe')
      for (const one of [wire, trial.socket]) one.close()
      await Promise.all([wire.closed, trial.closed])
    }
    for (const client of [own, first, second]) {
      client.socket.close()
      await client.closed
    }
    t.same(lines, [])
  })
}

t.test('where the app has @fastify/websocket, the log says that its maxPayload rules', async (t) => {
  const { lines, logger } = captureLog('info')
  const app = newApp(t, { logger })
  await app.register(fastifyWebsocket, { options: { maxPayload: 100 } })
  await app.register(socketioTransports)
  const [line] = lines.filter(({ msg }) => msg.includes('@fastify/websocket'))
  t.equal(line?.msg, 'using the @fastify/websocket of this app: for WebSockets, its maxPayload and perMessageDeflate are in force, not those of this plugin')
  t.equal(line?.['maxPayload'], 100)
  const client = await connectWebsocket(app)
  client.send(`3:::${'x'.repeat(100)}`)
  client.socket.on('error', () => {})
  await client.closed
  t.equal(app.socketio.sessions.size, 0)
})

t.test('where it has none, our maxPayload rules, and the log says nothing of it', async (t) => {
  const { lines, logger } = captureLog('info')
  const app = await pluginApp(t, { maxPayload: 100 }, { logger })
  t.same(lines.filter(({ msg }) => msg.includes('@fastify/websocket')), [])
  const client = await connectWebsocket(app)
  client.send(`3:1::${'x'.repeat(95)}`)
  t.equal(await client.next(), '6:::1')
  client.send(`3:2::${'x'.repeat(96)}`)
  await client.closed
  t.equal(app.socketio.sessions.size, 0)
})

t.test('closing the app ends WebSockets of both, with and without @fastify/websocket of its own', async (t) => {
  for (const arrange of Object.values(arrangements)) {
    const app = newApp(t)
    await arrange(app)
    const own = await openWebSocket(`ws://127.0.0.1:${await portOf(app)}/own`)
    const client = await connectWebsocket(app)
    await app.close()
    await Promise.all([own.closed, client.closed])
  }
  t.pass('all closed')
})

for (const [where, arrange] of Object.entries(arrangements)) {
  t.test(`an upgrade that a hook of the app or the origin refuses is closed, with @fastify/websocket ${where}`, async (t) => {
    const app = newApp(t)
    app.addHook('onRequest', async (request, reply) => {
      if (request.headers.cookie === 'banned') return await reply.code(401).send('banned')
    })
    await arrange(app)
    const port = await portOf(app)
    const sid = await handshake(app)
    const url = `/socket.io/1/websocket/${sid}`
    const banned = await requestUpgrade(app, url, { cookie: 'banned' })
    t.equal(banned.status, 401)
    t.equal(banned.body, 'banned')
    const foreign = await requestUpgrade(app, url, { origin: 'http://elsewhere.test' })
    t.equal(foreign.status, 403)
    t.equal(foreign.body, 'handshake bad origin')
    for (const { eio } of DIALECTS) {
      const path = `/socket.io/?EIO=${eio}&transport=`
      const [unwelcome, elsewhere, misplaced, fine] = [
        await requestUpgrade(app, `${path}websocket`, { cookie: 'banned' }), await requestUpgrade(app, `${path}websocket`, { origin: 'http://elsewhere.test' }),
        await requestUpgrade(app, `${path}polling`), await requestUpgrade(app, `${path}websocket`)
      ]
      t.strictSame([unwelcome.status, unwelcome.body], [401, 'banned'])
      t.strictSame([elsewhere.status, elsewhere.body], [403, '{"code":4,"message":"Forbidden"}'])
      t.strictSame([misplaced.status, misplaced.body], [400, '{"code":3,"message":"Bad request"}'])
      t.equal(fine.status, 101)
    }
    t.equal((await requestUpgrade(app, url, { origin: `http://127.0.0.1:${port}` })).status, 101)
    const stray = await requestUpgrade(app, `/socket.io/1/xhr-polling/${sid}`)
    t.equal(stray.status, 400)
    t.equal(stray.body, 'bad request')
  })
}

t.test('a message that claims to be compressed and is not ends its session, and is no fault of ours in the log', async (t) => {
  const { lines, logger } = captureLog()
  const app = await pluginApp(t, { perMessageDeflate: true }, { logger })
  const connected = once(app.socketio, 'connection')
  const peer = await rawWebSocket(t, `http://127.0.0.1:${await portOf(app)}/socket.io/?EIO=4&transport=websocket`)
  t.match(peer.headers['sec-websocket-extensions'], 'permessage-deflate')
  const [socket] = await connected as [Socket]
  const closed = once(socket, 'close')
  const message = maskedFrame(1, Buffer.alloc(8, 0xff))
  message[0] = COMPRESSED
  peer.socket.write(message)
  t.match(await closed, ['transport error', { reason: 'protocol violation', cause: { code: 'Z_DATA_ERROR' } }])
  t.match(lines.filter(({ level }) => level >= 40), [{ level: 40, reason: 'protocol violation', detail: 'invalid block type', err: undefined, msg: 'session ended' }])
})

t.test('injectWS of the app reaches ours: messages go both ways, and the end is told', async (t) => {
  const app = newApp(t)
  await app.register(fastifyWebsocket)
  await app.register(socketioTransports)
  app.socketio.on('connection', (socket) => { socket.on('data', (data) => { socket.write(`got ${String(data)}`) }) })
  await app.ready()
  const messages: string[] = []
  const socket = await app.injectWS('/socket.io/?EIO=4&transport=websocket', {}, {
    onInit: (ws) => ws.on('message', (data) => messages.push(String(data)))
  })
  socket.send('4hello')
  await until(() => messages.length === 2)
  t.match(messages, [/^0\{"sid":"/, '4got hello'])
  const [session] = app.socketio.sessions.values()
  socket.terminate()
  await until(() => app.socketio.sessions.size === 0)
  t.equal(session?.readyState, 'closed')
})
