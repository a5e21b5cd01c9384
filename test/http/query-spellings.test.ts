// Queries as clients, pages and proxies may write them: parameters twice, encoded, in any order, behind another question mark. Each is asked here and on
// socket.io's own server, which reads them by URLSearchParams: the last value of a name, decoded.
import t from 'tap'
import { fetchText, requestUpgrade } from '../kit/request.js'
import { byScript } from '../kit/script.js'
import { pluginApp, serverApp } from '../kit/servers/app.js'
import { OWN, PLACES, start } from '../kit/servers/side-by-side.js'
import type { Running } from '../kit/servers/side-by-side.js'
import { connectEngine, refusedBy } from '../kit/engine-io/inject.js'
import { DIALECTS } from '../kit/engine-io/payload.js'
import { connectPolling } from '../kit/revision-1/inject.js'

const HANDSHAKES = [
  'EIO=4&transport=polling', 'transport=polling&EIO=4', 'EIO=3&transport=polling&b64=1',
  'next=/a?transport=x&EIO=4&transport=polling', 'next=/a?EIO=3&EIO=4&transport=polling', '?EIO=3&EIO=4&transport=polling', 'a=b?sid=c&EIO=4&transport=polling',
  'EIO=4&transport=polling&EIO=4&transport=polling', 'EIO=3&transport=websocket&EIO=4&transport=polling', 'EIO=4&EIO=3&transport=x&transport=polling',
  'EIO=4&transport=polling&transport=x', 'EIO=4&transport=polling&transport', 'EIO=4&transport=polling&transport=',
  'EIO=4&transport=%70olling', 'EIO=%34&transport=polling', '%45IO=4&transport=polling', 'EIO=4&tr%61nsport=polling', '%45IO=3&EIO=4&transport=polling', 'EIO=3&%45IO=4&transport=polling',
  'EIO=4&transport=+polling', 'EIO=4&transport=polling%20',
  'EIO=4&transport=polling&sid=', 'EIO=4&transport=polling&sid', 'EIO=4&transport=polling&sid=x&sid=', 'EIO=4&transport=polling&sid=x', 'EIO=4&transport=polling&s%69d=x',
  'EIO=4&transport=polling&j=0&t=1&t=2&j=1', 'EIO=4&transport=polling&b64=1&b64=', 'EIO=3&transport=polling&b64&j=5',
  '&&EIO=4&&transport=polling&', 'EIO=4&transport=polling&=x', 'xEIO=3&EIO=4&transport=polling&mytransport=x&side=x', 'EIO=4&transport=polling&eio=3&TRANSPORT=x',
  'EIO=4&transport=polling&a=1&a=2', 'EIO=4&transport=polling&a[]=1&a[]=2&b[c]=d', 'EIO=4&transport=polling&room=a%20b+c%2B&%C3%A9=%F0%9F%98%80&bad=%zz&cut=%E9',
  'EIO=4&transport=polling&__proto__=x&constructor=y&toString=z', 'EIO=4&transport=polling&%', 'EIO=4&amp;transport=polling', 'EIO=4&transport=polling&a=b=c'
]

/** What becomes of a handshake: the answer without its id, and what the Server knows of the session. */
async function shake ({ io, port }: Running, path: string): Promise<unknown> {
  const opened: unknown[] = []
  const hear = ({ protocol, request }: { protocol: number, request: { _query: object } }): void => { opened.push(protocol, { ...request._query }) }
  io.engine.on('connection', hear)
  const { status, body } = await fetchText(`http://127.0.0.1:${port}${path}`)
  io.engine.off('connection', hear)
  return { status, body: body.replace(/"sid":"[^"]*"/, '"sid"').replace(/\\"sid\\":\\"[^"]*\\"/, '"sid"').replaceAll(/^\d+:/g, ''), opened }
}

t.test('each query of a handshake means what it means on socket.io\'s own server, and so does handshake.query', async (t) => {
  const [here, own] = await Promise.all(PLACES.map((where) => start(t, where, { allowEIO3: true })))
  if (here === undefined || own === undefined) throw new Error(OWN)
  let opened = 0
  for (const query of HANDSHAKES) {
    const path = `/socket.io/?${query}`
    const seen = await shake(here, path) as { status: number }
    if (seen.status === 200) opened++
    t.strictSame(seen, await shake(own, path), query)
  }
  t.ok(opened > HANDSHAKES.length / 2, 'most are served')
})

t.test('a query that names no version, however it is encoded, is told so (docs/engine-io.md)', async (t) => {
  const app = await serverApp(t)
  for (const query of ['transport=polling', 'EIO+=4&transport=polling', 'EIO%3D=4&transport=polling', 'EIO=4%26transport=polling', 'EIO=4;transport=polling', 'EIO=4&transport=polling&EIO', '%45IO=5&sid=x']) {
    t.strictSame(await refusedBy(app, `/socket.io/?${query}`), { status: 400, code: 5, message: 'Unsupported protocol version' }, query)
  }
})

/** A session id as its client may write it. */
const SPELLINGS: readonly ((sid: string) => string)[] = [
  (sid) => `sid=${sid}`, (sid) => `sid=x&sid=${sid}`, (sid) => `sid=&t=1&sid=${sid}&t=2`, (sid) => `s%69d=${sid}`, (sid) => `sid=x&%73id=${sid}`,
  (sid) => `sid=${sid.replaceAll(/./g, (character) => `%${character.charCodeAt(0).toString(16)}`)}`
]

for (const dialect of DIALECTS) {
  const { eio } = dialect
  t.test(`polls, POSTs and upgrades of engine ${eio} find their session by the last sid, decoded`, async (t) => {
    const app = await pluginApp(t)
    for (const spell of SPELLINGS) {
      const { sid, socket } = await connectEngine(app, dialect)
      const url = `/socket.io/?EIO=${eio}&transport=polling&${spell(sid)}`
      socket.write('down')
      t.strictSame(dialect.packets((await app.inject(url)).rawPayload), ['4down'], url)
      const heard = new Promise((resolve) => socket.once('data', resolve))
      t.equal((await app.inject({ method: 'POST', url, payload: dialect.body('4up') })).body, 'ok', url)
      t.equal(await heard, 'up')
      t.equal((await requestUpgrade(app, url.replace('polling', '%77ebsocket'))).status, 101, url)
    }
    const { url } = await connectEngine(app, dialect)
    t.match(await refusedBy(app, `${url}&sid=x`), { code: 1 })
    t.equal((await app.inject(byScript(`/socket.io/?EIO=${eio}&transport=polling&j=0&%6A=7`))).body.slice(0, 10), '___eio[7](')
  })
}

t.test('revision 1 reads its parameters in the same way', async (t) => {
  const app = await serverApp(t)
  const queries: unknown[] = []
  app.io.on('connection', (socket) => queries.push(socket.handshake.query))
  for (const query of ['jsonp=1&jsonp=2', '%6Asonp=2', 'jsonp=x&next=/a?jsonp=3&json%70=2']) {
    t.equal((await app.inject(byScript(`/socket.io/1/?${query}`))).body.slice(0, 8), 'io.j[2](', query)
  }
  for (const query of ['disconnect', 'disconnect=', 'dis%63onnect=1', 'a=b&disconnect&t=1']) {
    const sid = await connectPolling(app)
    t.equal((await app.inject(`/socket.io/1/xhr-polling/${sid}?${query}`)).body, '', query)
    t.notOk(app.socketio.sessions.has(sid), query)
  }
  queries.length = 0
  await connectPolling(app, '/socket.io', '?a=1&a=2&b[c]=d&%C3%A9=%20+&disconnected=1')
  t.strictSame(queries.map((query) => ({ ...query as object })), [{ a: '2', 'b[c]': 'd', é: '  ', disconnected: '1' }])
})

t.test('a URL of Engine.IO with something between the path and the query is 404 in its own words; revision 1 is served as before', async (t) => {
  const app = await serverApp(t)
  for (const below of ['/', '//', 'room1', 'room1/', 'room1/x', 'room1/x/y', 'room1/xhr-polling/x', 'a/b/c/d', '1/2/3/4']) {
    for (const method of ['GET', 'POST'] as const) {
      const { statusCode, headers, body } = await app.inject({ method, url: `/socket.io/${below}?EIO=4&transport=polling`, ...(method === 'POST' && { payload: '4x' }) })
      t.equal(statusCode, 404, `${method} ${below}`)
      t.notMatch(body, /Welcome/)
      if (method === 'GET') t.strictSame([body, headers['content-type']], ['{"code":3,"message":"Bad request"}', 'application/json; charset=utf-8'], below)
    }
    const upgrade = await requestUpgrade(app, `/socket.io/${below}?EIO=4&transport=websocket`)
    t.equal(upgrade.status, 404, below)
  }
  t.equal(app.socketio.sessions.size, 0)
  for (const query of ['EIO=4', 'EIO=4&transport=car&sid=x']) {
    t.match((await app.inject(`/socket.io/1/?${query}`)).body, /^[\w-]{20}:60:60:/)
    t.equal((await app.inject(`/socket.io/1/xhr-polling/x?${query}`)).body, '7:::1+0')
  }
  t.equal((await app.inject('/socket.io/room1/?a=b')).body, 'Welcome to socket.io.')
})
