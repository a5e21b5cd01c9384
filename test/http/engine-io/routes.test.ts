// Handshakes, polls and POSTs of Engine.IO, and the options that switch some of them off.
import t from 'tap'
import socketioTransports from '../../../src/index.js'
import type { DialectName } from '../../../types/socket.js'
import { pluginApp, portOf } from '../../kit/servers/app.js'
import { connectEngine, refusedBy, urlOf } from '../../kit/engine-io/inject.js'
import { requestUpgrade } from '../../kit/request.js'
import { DIALECTS, ENGINE_3, ENGINE_4, readOpen } from '../../kit/engine-io/payload.js'
import { opened, WebSocketClient } from '../../kit/websocket.js'

for (const dialect of DIALECTS) {
  const { eio, packets } = dialect
  const name = `engine ${eio}`

  t.test(`a handshake of ${name} by polling is answered with the terms`, async (t) => {
    const app = await pluginApp(t, { generateId: () => 'the-id', pingInterval: 7000, pingTimeout: 3000, maxPayload: 5000 })
    const { statusCode, headers, rawPayload } = await app.inject(urlOf(eio, 'polling'))
    t.equal(statusCode, 200)
    t.equal(headers['content-type'], 'text/plain; charset=UTF-8')
    t.equal(headers['cache-control'], 'no-store')
    t.equal(headers['x-content-type-options'], 'nosniff')
    t.equal(headers['set-cookie'], undefined)
    const open = '0{"sid":"the-id","upgrades":["websocket"],"pingInterval":7000,"pingTimeout":3000,"maxPayload":5000}'
    t.equal(rawPayload.toString(), eio === 4 ? open : `${open.length}:${open}2:40`)
    const socket = app.socketio.sessions.get('the-id')
    t.match(socket, { dialect: name, protocol: eio, readyState: 'open', transport: { name: 'polling' } })
    t.equal(app.socketio.clientsCount, 1)
  })

  t.test(`a handshake of ${name} by WebSocket is answered with the terms, and offers no upgrade`, async (t) => {
    const app = await pluginApp(t, { generateId: () => 'the-id' })
    const { wire, first } = await opened(`http://127.0.0.1:${await portOf(app)}${urlOf(eio, 'websocket')}`)
    t.equal(first, '0{"sid":"the-id","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}')
    if (eio === 3) t.equal(await wire.next(), '40')
    t.match(app.socketio.sessions.get('the-id'), { dialect: name, protocol: eio, readyState: 'open', transport: { name: 'websocket' } })
    wire.close()
  })

  t.test(`a POST of ${name} is answered with "ok" as HTML, whatever type it says it is`, async (t) => {
    const app = await pluginApp(t)
    const { socket, post } = await connectEngine(app, dialect)
    const got: unknown[] = []
    socket.on('data', (data) => got.push(data))
    for (const type of ['text/plain;charset=UTF-8', 'application/json', 'application/x-www-form-urlencoded', 'x/y']) {
      const { statusCode, headers, body } = await post(dialect.body('4{"a":"é"}'), { 'content-type': type })
      t.equal(statusCode, 200, type)
      t.equal(body, 'ok')
      t.match(headers['content-type'], /^text\/html/)
      t.equal(headers['cache-control'], 'no-store')
    }
    t.strictSame(got, Array(4).fill('{"a":"é"}'))
  })

  t.test(`a WebSocket message of ${name} above maxPayload closes its session with 1009`, async (t) => {
    const app = await pluginApp(t, { maxPayload: 100 })
    const { wire, first } = await opened(`http://127.0.0.1:${await portOf(app)}${urlOf(eio, 'websocket')}`)
    const closed = new Promise((resolve) => app.socketio.sessions.get(readOpen(first).sid)?.on('close', resolve))
    wire.send(`4${'x'.repeat(100)}`)
    t.equal(await wire.closed, 1009)
    t.equal(await closed, 'transport error')
    t.equal(app.socketio.sessions.size, 0)
  })

  t.test(`a HEAD takes no poll of ${name}, and opens no session`, async (t) => {
    const app = await pluginApp(t)
    const { url, socket, poll } = await connectEngine(app, dialect)
    socket.write('kept')
    for (const path of [url, urlOf(eio, 'polling'), urlOf(eio, 'websocket')]) t.equal((await app.inject({ method: 'HEAD', url: path })).statusCode, 404, path)
    t.strictSame(await poll(), ['4kept'])
    t.equal(app.socketio.sessions.size, 1)
  })

  t.test(`without upgrades a session of ${name} is offered none, and refused one`, async (t) => {
    const app = await pluginApp(t, { allowUpgrades: false })
    const { terms, sid, socket } = await connectEngine(app, dialect)
    t.strictSame(terms.upgrades, [])
    const { status, body } = await requestUpgrade(app, urlOf(eio, 'websocket', `&sid=${sid}`))
    t.equal(status, 400)
    t.equal(body, '{"code":3,"message":"Bad request"}')
    t.equal(socket.readyState, 'open')
    const { wire } = await opened(`http://127.0.0.1:${await portOf(app)}${urlOf(eio, 'websocket')}`)
    wire.close()
  })

  t.test(`without "websocket" among the transports, ${name} has polling alone, and offers no upgrade`, async (t) => {
    const app = await pluginApp(t, { transports: ['polling'] })
    const { terms, sid } = await connectEngine(app, dialect)
    t.strictSame(terms.upgrades, [])
    for (const query of ['', `&sid=${sid}`]) t.match((await requestUpgrade(app, urlOf(eio, 'websocket', query))).body, /"code":0/)
  })

  t.test(`without "polling" among the transports, ${name} has WebSockets alone`, async (t) => {
    const app = await pluginApp(t, { transports: ['websocket', 'xhr-polling'] })
    t.match(await refusedBy(app, urlOf(eio, 'polling')), { status: 400, code: 0 })
    t.match(await refusedBy(app, { method: 'POST', url: urlOf(eio, 'polling', '&sid=x'), payload: '4' }), { code: 0 })
    const { wire } = await opened(`http://127.0.0.1:${await portOf(app)}${urlOf(eio, 'websocket')}`)
    wire.close()
  })

  t.test(`without its dialect, every request of ${name} is told of the version, and the others are served`, async (t) => {
    const all: readonly DialectName[] = ['revision 1', 'engine 3', 'engine 4']
    const app = await pluginApp(t, { dialects: all.filter((one) => one !== name) })
    for (const path of [urlOf(eio, 'polling'), urlOf(eio, 'polling', '&sid=x'), urlOf(eio, 'websocket'), urlOf(eio, 'abc')]) {
      t.strictSame(await refusedBy(app, path), { status: 400, code: 5, message: 'Unsupported protocol version' }, path)
      t.match((await requestUpgrade(app, path)).body, /"code":5/, path)
    }
    t.match(await refusedBy(app, { method: 'POST', url: urlOf(eio, 'polling'), payload: '4' }), { code: 5 })
    for (const other of DIALECTS) if (other !== dialect) await connectEngine(app, other)
    t.equal((await app.inject('/socket.io/1/')).statusCode, 200)
  })

  t.test(`${name} is served without revision 1`, async (t) => {
    const app = await pluginApp(t, { dialects: ['engine 3', 'engine 4'] })
    t.ok((await connectEngine(app, dialect)).sid)
    t.match(await refusedBy(app, '/socket.io/'), { status: 400, code: 0 })
    t.match(await refusedBy(app, '/socket.io/?a=b'), { code: 0 })
    t.equal((await app.inject('/socket.io/1/')).statusCode, 404)
  })

  t.test(`the id of a cookie named io, and other parameters of a page, are nothing to ${name}`, async (t) => {
    const app = await pluginApp(t)
    const { statusCode, rawPayload } = await app.inject({ url: urlOf(eio, 'polling', '&token=x&token=y&t=abc&t=def&foo[bar]=1&%E9'), headers: { cookie: 'io=unknown' } })
    t.equal(statusCode, 200)
    t.ok(readOpen(packets(rawPayload)[0]).sid)
  })
}

t.test('requests that name no version speak 3 where that is assumed, and those of an unknown one still do not', async (t) => {
  const app = await pluginApp(t, { assumeEngine3: true })
  const answer = await app.inject('/socket.io/?transport=polling&b64=1')
  const { sid } = readOpen(ENGINE_3.packets(answer.rawPayload)[0])
  t.equal(app.socketio.sessions.get(sid)?.dialect, 'engine 3')
  const url = `/socket.io/?transport=polling&sid=${sid}`
  t.equal((await app.inject({ method: 'POST', url, payload: '1:2' })).body, 'ok')
  t.equal((await app.inject(url)).body, '1:3')
  const wire = new WebSocketClient(`http://127.0.0.1:${await portOf(app)}/socket.io/?transport=websocket`)
  t.match(await wire.next(), /^0\{/)
  wire.close()
  for (const query of ['EIO=5&transport=polling', 'EIO=&transport=polling']) t.match(await refusedBy(app, `/socket.io/?${query}`), { code: 5 })
  t.match(await refusedBy(app, `/socket.io/?sid=${sid}`), { code: 0 })
  await connectEngine(app, ENGINE_4)
})

t.test('where 3 is switched off, it is not assumed either', async (t) => {
  const app = await pluginApp(t, { assumeEngine3: true, dialects: ['engine 4'] })
  t.match(await refusedBy(app, '/socket.io/?transport=polling'), { code: 5 })
})

t.test('two registrations may assume differently', async (t) => {
  const app = await pluginApp(t, { path: '/strict' })
  await app.register(async (scope) => {
    await scope.register(socketioTransports, { path: '/lenient', assumeEngine3: true })
  })
  t.match(await refusedBy(app, '/strict/?transport=polling'), { code: 5 })
  t.equal((await app.inject('/lenient/?transport=polling')).statusCode, 200)
})

t.test('a session of one registration is unknown to another', async (t) => {
  const app = await pluginApp(t)
  await app.register(async (scope) => { await scope.register(socketioTransports, { path: '/other' }) })
  const { url } = await connectEngine(app, ENGINE_4)
  t.match(await refusedBy(app, url.replace('/socket.io', '/other')), { code: 1 })
})
