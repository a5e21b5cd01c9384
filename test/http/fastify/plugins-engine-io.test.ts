// Plugins that apps use for everything, beside Engine.IO: they see its routes as any others, and break none.
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import compress from '@fastify/compress'
import cookie from '@fastify/cookie'
import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import t from 'tap'
import socketioTransports from '../../../src/index.js'
import { connectEngine, echo, ECHOES, echoesOf, refusedBy, urlOf } from '../../kit/engine-io/inject.js'
import { byScript } from '../../kit/script.js'
import { DIALECTS, readOpen } from '../../kit/engine-io/payload.js'
import { inject, newApp, portOf } from '../../kit/servers/app.js'
import { requestUpgrade } from '../../kit/request.js'

const origin = 'http://elsewhere.test'

for (const dialect of DIALECTS) {
  const { eio, packets } = dialect
  const name = `engine ${eio}`

  t.test(`@fastify/cors for all of the app: its headers stand alone, and it answers the preflights of ${name}`, async (t) => {
    const app = newApp(t)
    await app.register(cors, { origin: [origin], credentials: true, methods: ['GET', 'POST', 'PUT'] })
    await app.register(socketioTransports, { cors: { origin: true } })
    const { url, socket } = await connectEngine(app, dialect)
    socket.write('x')
    const post = { method: 'POST', payload: dialect.body('4') } as const
    for (const [path, options] of [[urlOf(eio, 'polling'), {}], [url, {}], [url, post], [urlOf(eio, 'polling', '&sid=gone'), {}]] as const) {
      const { headers } = await inject(app, path, { origin }, options)
      t.strictSame([headers['access-control-allow-origin'], headers['access-control-allow-credentials'], headers['vary']], [origin, 'true', 'Origin'], path)
    }
    const sessions = app.socketio.sessions.size
    for (const path of [urlOf(eio, 'polling'), url, urlOf(eio, 'websocket')]) {
      const { statusCode, headers } = await inject(app, path, { origin, 'access-control-request-method': 'POST' }, { method: 'OPTIONS' })
      t.strictSame([statusCode, headers['access-control-allow-methods']], [204, 'GET, POST, PUT'], path)
    }
    t.equal(app.socketio.sessions.size, sessions)
  })

  t.test(`what @fastify/cors allows is not enough for ${name} where our policy refuses`, async (t) => {
    const app = newApp(t)
    await app.register(cors, { origin: true })
    await app.register(socketioTransports)
    t.strictSame(await refusedBy(app, { url: urlOf(eio, 'polling'), headers: { origin } }), { status: 403, code: 4, message: 'Forbidden' })
    t.equal((await requestUpgrade(app, urlOf(eio, 'websocket'), { origin })).status, 403)
    t.equal(app.socketio.sessions.size, 0)
  })

  for (const [encoding, decode] of Object.entries({ gzip: gunzipSync, br: brotliDecompressSync, identity: (bytes: Buffer) => bytes })) {
    t.test(`@fastify/compress: polls of ${name}, text, binary and scripts, large and small, decode right (${encoding})`, async (t) => {
      const app = newApp(t)
      await app.register(compress, { threshold: 1024 })
      await app.register(socketioTransports)
      const { url, socket } = await connectEngine(app, dialect)
      const ask = async (path: string): Promise<{ compressed: boolean, bytes: Buffer }> => {
        const { headers, rawPayload } = await app.inject(byScript(path, { 'accept-encoding': encoding }))
        const compressed = headers['content-encoding'] !== undefined
        return { compressed, bytes: compressed ? decode(rawPayload) : rawPayload }
      }
      socket.write('small')
      const small = await ask(url)
      t.strictSame([small.compressed, packets(small.bytes)], [false, ['4small']])
      const large = 'large 😀 '.repeat(20_000)
      socket.write(large)
      const { bytes } = await ask(url)
      t.ok(packets(bytes)[0] === `4${large}`, 'the same')
      socket.write(Buffer.alloc(5000, 1))
      const binary = await ask(url)
      t.equal(binary.bytes.length, eio === 4 ? 1 + 6668 : 1 + 4 + 1 + 5001)
      const forScript = await connectEngine(app, dialect, '&b64=1')
      forScript.socket.write(large)
      const script = await ask(`${forScript.url}&j=0`)
      t.equal(script.compressed, encoding !== 'identity', 'scripts are worth it')
      t.ok(script.bytes.toString() === `___eio[0](${JSON.stringify(dialect.body(`4${large}`))});`, 'the same')
      echo(app.socketio)
      t.strictSame(await echoesOf(`http://127.0.0.1:${await portOf(app)}/socket.io/`, dialect), ECHOES)
    })
  }

  t.test(`@fastify/cookie: authorize reads the cookies of polls and upgrades of ${name}`, async (t) => {
    const app = newApp(t)
    await app.register(cookie, { secret: 'a secret' })
    await app.register(socketioTransports, {
      cookie: true,
      authorize (request) {
        const { valid, value } = request.unsignCookie(request.cookies['user'] ?? '')
        return valid && { user: value }
      }
    })
    const signed = { cookie: `user=${encodeURIComponent(app.signCookie('bob'))}` }
    const { headers, rawPayload } = await inject(app, urlOf(eio, 'polling'), signed)
    const { sid } = readOpen(packets(rawPayload)[0])
    t.match(headers['set-cookie'], `io=${sid};`)
    t.same(app.socketio.sessions.get(sid)?.context, { user: 'bob' })
    t.equal((await refusedBy(app, { url: urlOf(eio, 'polling'), headers: { cookie: 'user=bob' } })).status, 403)
    t.equal((await requestUpgrade(app, urlOf(eio, 'websocket'), signed)).status, 101)
    t.equal((await requestUpgrade(app, urlOf(eio, 'websocket'))).status, 403)
  })

  t.test(`@fastify/rate-limit: its 429 has its own body, on handshakes, polls and upgrades of ${name}, and ends no session`, async (t) => {
    const app = newApp(t)
    await app.register(rateLimit, { max: 2, timeWindow: 60_000 })
    await app.register(socketioTransports)
    const { url, socket, poll } = await connectEngine(app, dialect)
    socket.write('x')
    t.strictSame(await poll(), ['4x'])
    socket.write('kept')
    for (const path of [url, urlOf(eio, 'polling')]) {
      const limited = await app.inject(path)
      t.strictSame([limited.statusCode, limited.json()], [429, { statusCode: 429, error: 'Too Many Requests', message: 'Rate limit exceeded, retry in 1 minute' }], path)
    }
    t.equal((await requestUpgrade(app, urlOf(eio, 'websocket'))).status, 429)
    t.strictSame([socket.readyState, app.socketio.sessions.size], ['open', 1])
    t.strictSame(packets((await app.inject({ url, remoteAddress: '192.0.2.9' })).rawPayload), ['4kept'])
  })
}
