// Who may open a session of Engine.IO: `authorize`, the bound on sessions, origins; and what browsers are told of that.
import t from 'tap'
import { inject, pluginApp, portOf, serverApp } from '../../kit/servers/app.js'
import { connectEngine, refusedBy, urlOf } from '../../kit/engine-io/inject.js'
import { turn, until } from '../../kit/waiting.js'
import { requestUpgrade } from '../../kit/request.js'
import { DIALECTS } from '../../kit/engine-io/payload.js'
import { opened } from '../../kit/websocket.js'
import { verdictOn } from '../verdicts.js'

const origin = 'http://elsewhere.test'
const corsOf = (headers: Record<string, unknown>) => [headers['access-control-allow-origin'], headers['access-control-allow-credentials'], headers['vary']]
const ALLOWED = [origin, 'true', 'Origin']

for (const dialect of DIALECTS) {
  const { eio } = dialect
  const name = `engine ${eio}`

  t.test(`authorize decides about each handshake of ${name}, and about nothing after it`, async (t) => {
    let asked = 0
    const app = await pluginApp(t, {
      authorize (request) {
        asked++
        return verdictOn(request)
      }
    })
    for (const [as, status, code, message] of [
      ['no', 403, 4, 'Forbidden'], ['broken', 500, 3, 'Bad request'], ['busy', 503, 3, 'Bad request'], ['odd', 500, 3, 'Bad request']
    ] as const) {
      t.strictSame(await refusedBy(app, urlOf(eio, 'polling', `&as=${as}`)), { status, code, message }, as)
      const refused = await requestUpgrade(app, urlOf(eio, 'websocket', `&as=${as}`))
      t.strictSame([refused.status, refused.body], [status, JSON.stringify({ code, message })], as)
    }
    t.equal(app.socketio.sessions.size, 0)
    asked = 0
    const { socket, send, poll } = await connectEngine(app, dialect, '&as=me')
    t.strictSame(socket.context, { user: 'me' })
    t.match(socket.request._query, { as: 'me' }, 'where the official Server reads the query')
    t.equal(socket.remoteAddress, '127.0.0.1')
    await send('4')
    socket.write('x')
    await poll()
    t.equal(asked, 1)
  })

  t.test(`the official Server tells the query of a handshake of ${name}, however it came`, async (t) => {
    const app = await serverApp(t)
    const queries: unknown[] = []
    app.io.on('connection', ({ handshake }) => queries.push(handshake.query))
    const { send } = await connectEngine(app, dialect, '&as=me&room[]=a&t=x')
    const url = urlOf(eio, 'websocket', '&as=you&as=them')
    const { wire } = await opened(`http://127.0.0.1:${await portOf(app)}${url}`)
    if (eio === 4) {
      await send('40')
      wire.send('40')
    }
    await until(() => queries.length === 2)
    t.match(queries, [
      { EIO: String(eio), transport: 'polling', as: 'me', 'room[]': 'a', t: 'x' },
      { EIO: String(eio), transport: 'websocket', as: 'them' }
    ])
    wire.close()
  })

  t.test(`above maxSessions a handshake of ${name} is refused with 503 until a session ends`, async (t) => {
    const app = await pluginApp(t, { maxSessions: 1 })
    const { socket, send } = await connectEngine(app, dialect)
    const refused = await app.inject(urlOf(eio, 'polling'))
    t.strictSame([refused.statusCode, refused.body, refused.headers['retry-after']], [503, '{"code":4,"message":"Forbidden"}', '30'])
    const { status, headers } = await requestUpgrade(app, urlOf(eio, 'websocket'))
    t.strictSame([status, headers['retry-after']], [503, '30'])
    t.equal((await send('4')).body, 'ok', 'who is in stays in')
    await send('1')
    t.equal(socket.readyState, 'closed')
    await connectEngine(app, dialect)
  })

  t.test(`maxSessions holds while authorize decides about handshakes of ${name}`, async (t) => {
    const app = await pluginApp(t, { maxSessions: 2, authorize: () => turn().then(() => true) })
    const answers = await Promise.all(Array.from({ length: 10 }, () => app.inject(urlOf(eio, 'polling'))))
    t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 2)
    t.equal(answers.filter(({ statusCode }) => statusCode === 503).length, 8)
  })

  t.test(`pages of other origins are let in by cors, to ${name} as to anything else`, async (t) => {
    const app = await pluginApp(t, { cors: { origin } })
    const other = { origin: 'http://third.test' }
    for (const headers of [{ origin }, {}, { origin: 'http://localhost:80', host: 'localhost' }]) {
      t.equal((await inject(app, urlOf(eio, 'polling'), headers)).statusCode, 200, JSON.stringify(headers))
    }
    t.equal((await inject(app, urlOf(eio, 'polling'), other)).statusCode, 403)
    t.equal((await requestUpgrade(app, urlOf(eio, 'websocket'), { origin })).status, 101)
    t.equal((await requestUpgrade(app, urlOf(eio, 'websocket'), other)).status, 403)
    t.equal((await inject(app, urlOf(eio, 'polling', '&j=0'), { referer: 'http://third.test/page' })).statusCode, 403, 'a script has no Origin')
    t.equal((await inject(app, urlOf(eio, 'polling', '&j=0'), { 'sec-fetch-site': 'cross-site' })).statusCode, 403, 'nor does it need a Referer')
    t.equal((await inject(app, urlOf(eio, 'polling', '&j=0'), { 'sec-fetch-site': 'cross-site', referer: `${origin}/page` })).statusCode, 200)
  })

  t.test(`answers of ${name} carry CORS headers, refusals too, but scripts do not`, async (t) => {
    const app = await pluginApp(t, { cors: { origin }, authorize: ({ query }) => (query as { as?: string }).as !== 'no' })
    const { url, socket } = await connectEngine(app, dialect)
    socket.write('x')
    for (const [path, status] of [[urlOf(eio, 'polling'), 200], [url, 200], [urlOf(eio, 'polling', '&as=no'), 403], [urlOf(eio, 'polling', '&sid=x'), 400]] as const) {
      const { statusCode, headers } = await inject(app, path, { origin })
      t.equal(statusCode, status, path)
      t.strictSame(corsOf(headers), ALLOWED, path)
    }
    const post = await inject(app, url, { origin }, { method: 'POST', payload: dialect.body('4') })
    t.strictSame(corsOf(post.headers), ALLOWED)
    t.equal(post.headers['x-xss-protection'], '0')
    t.strictSame(corsOf((await inject(app, urlOf(eio, 'polling'))).headers), [undefined, undefined, 'Origin'], 'nobody asked')
    t.strictSame(corsOf((await inject(app, urlOf(eio, 'polling', '&j=0'), { origin })).headers), [undefined, undefined, undefined])
    const form = await inject(app, `${url}&j=0`, { origin }, { method: 'POST', payload: `d=${encodeURIComponent(dialect.body('4'))}` })
    t.strictSame(corsOf(form.headers), ALLOWED, 'a form goes up as any POST')
  })

  t.test(`a preflight of ${name} is answered with 204, and takes no poll`, async (t) => {
    const app = await pluginApp(t, { cors: { origin } })
    const { url, socket, poll } = await connectEngine(app, dialect)
    socket.write('kept')
    for (const path of [url, urlOf(eio, 'polling'), urlOf(eio, 'websocket'), urlOf(eio, 'abc')]) {
      const { statusCode, headers, body } = await inject(app, path, { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-own' }, { method: 'OPTIONS' })
      t.strictSame([statusCode, body], [204, ''], path)
      t.match(headers, {
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'x-own',
        vary: 'Origin, Access-Control-Request-Headers'
      })
    }
    const refused = await inject(app, url, { origin: 'http://third.test', 'access-control-request-method': 'POST' }, { method: 'OPTIONS' })
    t.strictSame([refused.statusCode, refused.headers['access-control-allow-methods']], [403, undefined])
    t.equal(app.socketio.sessions.size, 1)
    t.strictSame(await poll(), ['4kept'])
  })
}

t.test('a preflight of no version is answered, too', async (t) => {
  const app = await pluginApp(t, { cors: { origin } })
  const { statusCode } = await inject(app, '/socket.io/?transport=polling', { origin, 'access-control-request-method': 'GET' }, { method: 'OPTIONS' })
  t.equal(statusCode, 204)
})
