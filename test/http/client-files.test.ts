// The client's files, served from the folder that the application names.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastifyCors from '@fastify/cors'
import fastifyStatic from '@fastify/static'
import t from 'tap'
import socketioTransports from '../../src/index.js'
import { inject, newApp, pluginApp } from '../kit/servers/app.js'
import { requestUpgrade } from '../kit/request.js'

const FOLDER = 'node_modules/socket.io-client-0.9/dist'
const OLD_SCRIPT = 'application/javascript' // transcript handshake/client-file
const SCRIPT = 'application/javascript; charset=utf-8'
const FILES = [
  ['/socket.io.js', 'socket.io.js', OLD_SCRIPT],
  ['/socket.io.min.js', 'socket.io.min.js', OLD_SCRIPT],
  ['/static/flashsocket/WebSocketMain.swf', 'WebSocketMain.swf', 'application/x-shockwave-flash'],
  ['/static/flashsocket/WebSocketMainInsecure.swf', 'WebSocketMainInsecure.swf', 'application/x-shockwave-flash']
] as const

for (const [url, name, type] of FILES) {
  t.test(`${url} is served to any page as 0.9 served it`, async (t) => {
    const app = await pluginApp(t, { serveClient: FOLDER })
    const file = await readFile(join(FOLDER, name))
    for (const headers of [{}, { origin: 'http://elsewhere.test' }, { referer: 'http://elsewhere.test/', 'sec-fetch-site': 'cross-site' }] as Record<string, string>[]) {
      const response = await inject(app, `/socket.io${url}`, headers)
      t.equal(response.statusCode, 200)
      t.equal(response.headers['content-type'], type)
      t.equal(response.headers['access-control-allow-origin'], undefined, 'scripts of the time need no leave')
      t.ok(response.rawPayload.equals(file))
    }
    const cached = await inject(app, `/socket.io${url}`)
    const again = await inject(app, `/socket.io${url}`, { 'if-none-match': String(cached.headers['etag']) })
    t.equal(again.statusCode, 304)
    t.equal(app.socketio.sessions.size, 0)
  })
}

for (const version of ['-1', '-2', '-3', '']) {
  t.test(`every build in the folder of socket.io-client${version} is served, with its map, and none that is missing`, async (t) => {
    const folder = `node_modules/socket.io-client${version}/dist`
    const app = await pluginApp(t, { serveClient: folder })
    const names = (await readdir(folder)).filter((name) => /^socket\.io.*\.js(?:\.map)?$/.test(name))
    t.ok(names.includes('socket.io.js') && names.includes('socket.io.js.map'))
    for (const name of names) {
      const response = await app.inject(`/socket.io/${name}`)
      t.equal(response.statusCode, 200, name)
      t.equal(response.headers['access-control-allow-origin'], '*', name)
      t.equal(response.headers['content-type'], name.endsWith('.map') ? 'application/json; charset=utf-8' : SCRIPT, name)
      t.ok(response.rawPayload.equals(await readFile(join(folder, name))), name)
    }
    const missing = names.includes('socket.io.esm.min.js') ? 'socket.io.slim.js' : 'socket.io.esm.min.js'
    t.equal((await app.inject(`/socket.io/${missing}`)).statusCode, 404)
  })
}

t.test('true serves the client of the installed package socket.io', async (t) => {
  const app = await pluginApp(t, { serveClient: true })
  for (const name of await readdir('node_modules/socket.io/client-dist')) {
    const response = await app.inject(`/socket.io/${name}`)
    t.equal(response.statusCode, 200, name)
    t.ok(response.rawPayload.equals(await readFile(join('node_modules/socket.io/client-dist', name))), name)
  }
})

t.test('an answer that an app-wide @fastify/cors has given is left as it is', async (t) => {
  const app = newApp(t)
  await app.register(fastifyCors, { origin: 'https://page.test' })
  await app.register(socketioTransports, { serveClient: FOLDER })
  const { headers } = await inject(app, '/socket.io/socket.io.js', { origin: 'https://page.test' })
  t.equal(headers['access-control-allow-origin'], 'https://page.test')
})

t.test('they follow path and prefix, and nothing else of the folder is served', async (t) => {
  const app = await pluginApp(t, { serveClient: FOLDER, path: '/io', prefix: '/v1' })
  t.equal((await app.inject('/v1/io/socket.io.js?v=1')).statusCode, 200)
  t.equal((await app.inject('/socket.io/socket.io.js')).statusCode, 404)
  t.equal((await app.inject('/v1/io/socket.io.slim.js')).statusCode, 404)
  t.not((await app.inject('/v1/io/static/flashsocket/..%2f..%2f..%2fpackage.json')).headers['content-type'], 'application/json')
})

t.test('they are served beside the files of the app itself', async (t) => {
  const orders = [['static', 'ours'], ['ours', 'static']]
  for (const order of orders) {
    const app = newApp(t)
    for (const one of order) {
      if (one === 'static') await app.register(fastifyStatic, { root: process.cwd(), prefix: '/files/', decorateReply: true })
      else await app.register(socketioTransports, { serveClient: FOLDER })
    }
    t.equal((await app.inject('/files/package.json')).json().name, 'fastify-socketio-transports')
    const script = await app.inject('/socket.io/socket.io.js')
    t.equal(script.statusCode, 200, order.join())
    t.equal(script.headers['content-type'], OLD_SCRIPT)
    t.equal((await app.inject('/files/nowhere')).statusCode, 404)
  }
})

t.test('without the option the app answers for them, with its own 404', async (t) => {
  for (const options of [{}, { serveClient: false }] as const) {
    const app = await pluginApp(t, options)
    app.setNotFoundHandler((_request, reply) => reply.code(404).send('own 404'))
    for (const url of ['/socket.io/socket.io.js', '/socket.io/socket.io.min.js.map', '/socket.io/static/flashsocket/WebSocketMain.swf']) {
      const response = await app.inject(url)
      t.equal(response.statusCode, 404, url)
      t.equal(response.body, 'own 404')
    }
    t.equal(app.socketio.sessions.size, 0)
  }
})

t.test('a file that is missing is the app\'s 404', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'client-files-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'socket.io.js'), 'the client')
  const app = await pluginApp(t, { serveClient: folder })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send('own 404'))
  t.equal((await app.inject('/socket.io/socket.io.js')).body, 'the client')
  const missing = await app.inject('/socket.io/static/flashsocket/WebSocketMain.swf')
  t.equal(missing.statusCode, 404)
  t.equal(missing.body, 'own 404')
})

t.test('a folder that is missing, or is none, fails the registration', async (t) => {
  for (const serveClient of ['no/such/folder', 'package.json']) {
    const app = newApp(t)
    await t.rejects(async () => { await app.register(socketioTransports, { serveClient }) }, { code: 'FST_SIO_BAD_OPTION' }, serveClient)
  }
})

t.test('an upgrade on a file is answered and closed', async (t) => {
  const app = await pluginApp(t, { serveClient: FOLDER })
  for (const file of ['/socket.io.js', '/socket.io.min.js?v=1']) {
    t.equal((await requestUpgrade(app, `/socket.io${file}`)).status, 200)
    t.equal((await requestUpgrade(await pluginApp(t), `/socket.io${file}`)).status, 404)
  }
})
