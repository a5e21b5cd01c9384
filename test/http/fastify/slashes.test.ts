// The URLs of revision 1 under each way in which an app may treat slashes.
import t from 'tap'
import { captureLog, pluginApp, portOf } from '../../kit/servers/app.js'
import type { Teardown } from '../../kit/teardown.js'
import { byScript } from '../../kit/script.js'
import { handshake, poll, sidOf } from '../../kit/revision-1/inject.js'
import { openWebSocket } from '../../kit/websocket.js'

const combinations = [false, true].flatMap((ignoreTrailingSlash) =>
  [false, true].map((ignoreDuplicateSlashes) => ({ ignoreTrailingSlash, ignoreDuplicateSlashes })))

for (const routerOptions of combinations) {
  const { ignoreTrailingSlash, ignoreDuplicateSlashes } = routerOptions
  const name = `ignoreTrailingSlash ${ignoreTrailingSlash}, ignoreDuplicateSlashes ${ignoreDuplicateSlashes}`
  const newApp = (t: Teardown) => pluginApp(t, {}, { routerOptions })

  t.test(`${name}: a handshake needs no slash at its end`, async (t) => {
    const app = await newApp(t)
    const urls = ['/socket.io/1', '/socket.io/1/', '/socket.io/1?t=5', '/socket.io/1/?t=5', '/socket.io/1/xhr-polling', '/socket.io/1/xhr-polling/']
    for (const url of urls) {
      const response = await app.inject(url)
      t.match(response.body, /^[\w-]{20}:60:60:websocket,htmlfile,xhr-polling,jsonp-polling$/, url)
      t.ok(app.socketio.sessions.has(sidOf(response)), url)
    }
    t.equal(app.socketio.sessions.size, urls.length)
    t.match((await app.inject(byScript('/socket.io/1/?jsonp=3'))).body, /^io\.j\[3\]\("[\w-]{20}:60:60:[^"]*"\);$/)
    t.match((await app.inject(byScript('/socket.io/1?jsonp=3'))).body, /^io\.j\[3\]\("[\w-]{20}:60:60:[^"]*"\);$/)
  })

  t.test(`${name}: transports take a slash at the end`, async (t) => {
    const app = await newApp(t)
    const sid = await handshake(app)
    const socket = app.socketio.sessions.get(sid)
    const got: string[] = []
    t.equal((await app.inject(`/socket.io/1/xhr-polling/${sid}/?t=1`)).body, '1::')
    socket?.on('packet', (packet) => { if (packet.type === 'message') got.push(packet.data) })
    t.equal((await app.inject({ method: 'POST', url: `/socket.io/1/xhr-polling/${sid}`, payload: '3:::a' })).body, '1')
    t.equal((await app.inject({ method: 'POST', url: `/socket.io/1/xhr-polling/${sid}/`, payload: '3:::b' })).body, '1')
    t.same(got, ['a', 'b'])
    for (const url of [`/socket.io/1/jsonp-polling/${sid}?t=1&i=2`, `/socket.io/1/jsonp-polling/${sid}/?t=1&i=2`]) {
      socket?.send({ type: 'message', data: 'x' })
      t.equal((await app.inject(byScript(url))).body, 'io.j[2]("3:::x");', url)
    }
    const port = await portOf(app)
    for (const end of ['', '/', '?a=b', '/?a=b']) {
      const client = await openWebSocket(`ws://127.0.0.1:${port}/socket.io/1/websocket/${sid}${end}`)
      client.send('3:7::x')
      t.equal(await client.next(), '6:::7', `websocket ending in "${end}"`)
      if (end !== '/?a=b') continue
      socket?.send({ type: 'disconnect' })
      t.equal(await client.next(), '0::')
      await client.closed
    }
    t.equal((await poll(app, sid)).body, '7:::1+0')
  })

  t.test(`${name}: each form of the disconnect URL ends its session`, async (t) => {
    const app = await newApp(t)
    for (const form of ['1/xhr-polling/SID?disconnect=1', '1/xhr-polling/SID/?disconnect', '1/websocket/SID?disconnect=1',
      '1/websocket/SID/?t=1&disconnect=1', '1/nonsense/SID?disconnect=1', '1//SID/?disconnect=1', '1//SID?disconnect', '1//SID/?a=b&disconnect=']) {
      const sid = await handshake(app)
      const sessions = app.socketio.sessions.size
      const answer = await app.inject(`/socket.io/${form.replace('SID', sid)}`)
      t.equal(answer.statusCode, 200, form)
      t.equal(answer.body, '', form)
      t.notOk(app.socketio.sessions.has(sid), form)
      t.equal(app.socketio.sessions.size, sessions - 1, `${form} opens none`)
      t.equal((await app.inject(`/socket.io/${form.replace('SID', sid)}`)).body, '', `${form} of an unknown session`)
    }
  })

  t.test(`${name}: a disconnect URL answers the open poll with the goodbye`, async (t) => {
    const app = await newApp(t)
    const sid = await handshake(app)
    await poll(app, sid)
    const [parked, answer] = await Promise.all([poll(app, sid), app.inject(`/socket.io/1//${sid}/?disconnect=1`)])
    t.equal(parked.body, '0::')
    t.equal(answer.body, '')
  })

  t.test(`${name}: registration logs nothing of double routes, and strays are greeted`, async (t) => {
    const { lines, logger } = captureLog('warn')
    const app = await pluginApp(t, {}, { routerOptions, logger })
    for (const url of ['/socket.io', '/socket.io/', '/socket.io/a/b/c/d', '/socket.io/hello']) {
      t.equal((await app.inject(url)).body, 'Welcome to socket.io.', url)
    }
    t.same(lines, [])
    t.equal(app.socketio.sessions.size, 0)
  })
}
