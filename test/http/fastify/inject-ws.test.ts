// `app.injectWS`: WebSockets without a port, as the tests of an application open them.
import { readFileSync } from 'node:fs'
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import socketioTransports from '../../../src/index.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import { Arrivals } from '../../kit/arrivals.js'
import { captureLog, inject, newApp } from '../../kit/servers/app.js'
import { handshake } from '../../kit/revision-1/inject.js'
import { inTime, until } from '../../kit/waiting.js'

/** An injected WebSocket, message by message. */
async function open (app: FastifyInstance, path: string, context: object = {}) {
  const arrivals = new Arrivals<string>()
  const socket = await inTime(app.injectWS(path, context, { onInit: (ws) => { ws.on('message', (data) => arrivals.add([String(data)])) } }), path)
  return { socket, send: (text: string) => socket.send(text), next: () => inTime(arrivals.next(), `message on ${path}`) }
}

/** Which instance of @fastify/websocket the app has. */
const INSTANCES: Record<string, (app: FastifyInstance, options: SocketioTransportsOptions) => Promise<void>> = {
  'none of its own': async (app, options) => { await app.register(socketioTransports, options) },
  'one around the plugin': async (app, options) => {
    await app.register(fastifyWebsocket)
    await app.register(socketioTransports, options)
  },
  'one that comes later': async (app, options) => {
    await app.register(socketioTransports, options)
    await app.register(fastifyWebsocket)
  }
}

for (const [whose, register] of Object.entries(INSTANCES)) {
  async function appWith (t: Parameters<typeof newApp>[0], options: SocketioTransportsOptions) {
    const { lines, logger } = captureLog('warn')
    const app = newApp(t, { logger })
    await register(app, options)
    await app.ready()
    return { app, lines }
  }

  t.test(`injectWS in an app with @fastify/websocket: ${whose}; the official Server has every dialect`, async (t) => {
    const { app, lines } = await appWith(t, { io: {} })
    const seen: unknown[] = []
    app.io.on('connection', ({ handshake: { address, secure, query }, request, conn }) => {
      seen.push([address, secure, query['as'], request.socket.remoteAddress, typeof request.on, conn.remoteAddress])
    })
    app.io.on('connection', (socket) => socket.on('echo', (x) => socket.emit('echo', x)))
    const from = ['127.0.0.1', false, undefined, '127.0.0.1', 'function', '127.0.0.1']

    const four = await open(app, '/socket.io/?EIO=4&transport=websocket&as=4')
    t.match(await four.next(), /^0\{"sid":/)
    four.send('40')
    t.match(await four.next(), /^40\{"sid":/)
    four.send('42["echo","x"]')
    t.equal(await four.next(), '42["echo","x"]')

    const three = await open(app, '/socket.io/?EIO=3&transport=websocket&as=3')
    t.match(await three.next(), /^0\{"sid":/)
    t.equal(await three.next(), '40')
    three.send('42["echo","x"]')
    t.equal(await three.next(), '42["echo","x"]')

    for (const eio of [3, 4]) {
      const { sid } = JSON.parse(/\{.*?\}/.exec((await inject(app, `/socket.io/?EIO=${eio}&transport=polling`)).body)?.[0] ?? '') as { sid: string }
      const moved = await open(app, `/socket.io/?EIO=${eio}&transport=websocket&sid=${sid}`)
      moved.send('2probe')
      t.equal(await moved.next(), '3probe')
      moved.send('5')
      if (eio === 4) {
        moved.send('40')
        t.match(await moved.next(), /^40\{"sid":/)
      }
      moved.send('42["echo","moved"]')
      const messages: string[] = []
      while (!messages.includes('42["echo","moved"]')) messages.push(String(await moved.next()))
      t.equal(app.socketio.sessions.get(sid)?.transport.name, 'websocket')
    }

    const old = await open(app, `/socket.io/1/websocket/${await handshake(app)}`)
    t.equal(await old.next(), '1::')
    old.send('5:::{"name":"echo","args":["x"]}')
    t.equal(await old.next(), '5:::{"name":"echo","args":["x"]}')

    t.strictSame(seen.slice(0, 2), [from.with(2, '4'), from.with(2, '3')])
    t.equal(seen.length, 5)
    const closed = new Promise((resolve) => four.socket.on('close', resolve))
    app.io.disconnectSockets(true)
    await inTime(closed, 'close')
    await until(() => app.socketio.sessions.size === 0)
    t.strictSame(lines, [])
  })

  t.test(`injectWS in an app with @fastify/websocket: ${whose}; decoded packets of every dialect`, async (t) => {
    const { app, lines } = await appWith(t, {})
    app.socketio.on('connection', (socket) => socket.on('packet', (packet) => { if (packet.type === 'message') socket.send(packet) }))
    const old = await open(app, `/socket.io/1/websocket/${await handshake(app)}`)
    t.equal(await old.next(), '1::')
    old.send('3:::x')
    t.equal(await old.next(), '3:::x')
    old.socket.close()
    await inTime(until(() => app.socketio.sessions.size === 0), 'end of the session')
    const broken = await open(app, '/socket.io/?EIO=4&transport=websocket')
    t.match(await broken.next(), /^0/)
    broken.socket.terminate()
    await until(() => app.socketio.sessions.size === 0)
    await t.rejects(app.injectWS('/socket.io/1/websocket/x', { headers: { origin: 'http://elsewhere.test' } }), /403/)
    t.strictSame(lines.filter(({ level }) => level >= 50), [])
  })

  t.test(`injectWS in an app with @fastify/websocket: ${whose}; a request with a connection keeps it`, async (t) => {
    const { app } = await appWith(t, { io: {} })
    const handshakes: unknown[] = []
    app.io.on('connection', ({ handshake: { address, secure } }) => handshakes.push([address, secure]))
    const socket = { remoteAddress: '192.0.2.1', encrypted: true }
    for (const context of [{ socket }, { socket, connection: socket }]) {
      const client = await open(app, '/socket.io/?EIO=3&transport=websocket', context)
      t.match(await client.next(), /^0\{"sid":/)
    }
    await until(() => handshakes.length === 2)
    t.strictSame(handshakes, [['192.0.2.1', true], ['192.0.2.1', true]])
  })
}

t.test('the call that docs/in-your-app.md shows works, with nothing else registered', async (t) => {
  const call = "app.injectWS('/socket.io/?EIO=4&transport=websocket')"
  t.ok(readFileSync(new URL('../../../docs/in-your-app.md', import.meta.url), 'utf8').includes(`await ${call}`))
  const app = newApp(t)
  await app.register(socketioTransports, { io: {} })
  t.notOk(app.hasDecorator('injectWS'), 'not before the app is ready, so that @fastify/websocket can be registered')
  await app.ready()
  const socket = await app.injectWS('/socket.io/?EIO=4&transport=websocket')
  t.equal(app.socketio.sessions.size, 1)
  socket.terminate()
})
