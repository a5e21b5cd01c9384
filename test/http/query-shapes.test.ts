// The host's own `querystringParser` may make objects of a query, as `qs` does, which a peer then shapes: `sid[toString]=x`.
import { unescape } from 'node:querystring'
import t from 'tap'
import { connectEngine, urlOf } from '../kit/engine-io/inject.js'
import { pluginApp } from '../kit/servers/app.js'
import { connectPolling } from '../kit/revision-1/inject.js'
import { requestUpgrade } from '../kit/request.js'
import { ENGINE_3, ENGINE_4 } from '../kit/engine-io/payload.js'

type Shape = Record<string, unknown>
interface Parser { empty: () => Shape, wrap: (value: Shape) => unknown }

const bare = (): Shape => Object.create(null) as Shape

/** `name[key]=value` as an object: of the usual kind, without a prototype, and in lists. */
const PARSERS: Record<string, Parser> = {
  objects: { empty: () => ({}), wrap: (value) => value },
  'objects without a prototype': { empty: bare, wrap: (value) => value },
  'lists of objects': { empty: () => ({}), wrap: (value) => [value] },
  'lists of lists': { empty: () => ({}), wrap: (value) => ['x', [Object.values(value)]] },
  'nested objects': { empty: bare, wrap: (value) => Object.assign(bare(), { deeper: value }) }
}

const parserOf = ({ empty, wrap }: Parser) => (text: string): Shape => {
  const query = empty()
  for (const part of text.split('&').filter((one) => one !== '')) {
    const [, name = '', key, value = ''] = /^([^=[]*)(?:\[([^\]]*)\])?=?(.*)$/.exec(unescape(part)) ?? []
    query[name] = key === undefined ? value : wrap(Object.assign(empty(), { [key]: value }))
  }
  return query
}

interface Way { method?: 'GET' | 'POST' | 'OPTIONS', path: string, websocket?: boolean, names: readonly string[], body: string }

const OF_ENGINE_IO = { names: ['EIO', 'transport', 'sid', 'j', 'b64', 't'], body: '{"code":3,"message":"Bad request"}' }
const OF_REVISION_1 = { names: ['t', 'i', 'jsonp', 'disconnect'], body: 'bad request' }

const waysOf = (old: string, sids: readonly string[]): Way[] => [
  ...[3, 4].flatMap((eio, i) => ['', `&sid=${sids[i] ?? ''}`].flatMap((sid): Way[] => [
    { path: urlOf(eio, 'polling', sid), ...OF_ENGINE_IO },
    { path: urlOf(eio, 'polling', `${sid}&j=0`), ...OF_ENGINE_IO },
    { method: 'POST', path: urlOf(eio, 'polling', sid), ...OF_ENGINE_IO },
    { path: urlOf(eio, 'websocket', sid), websocket: true, ...OF_ENGINE_IO },
    { path: urlOf(eio, 'websocket', sid), ...OF_ENGINE_IO },
    { path: urlOf(eio, 'unknown', sid), ...OF_ENGINE_IO }
  ])),
  { path: '/socket.io/?EIO=9', ...OF_ENGINE_IO },
  ...['1/?', '1?', '1/?jsonp=0', '1/x?', '2/?', ...['xhr-polling', 'jsonp-polling', 'htmlfile', 'unknown'].map((name) => `1/${name}/${old}?`), `1/${old}/?`].map((path) =>
    ({ path: `/socket.io/${path}`, ...OF_REVISION_1 })),
  { method: 'POST', path: `/socket.io/1/xhr-polling/${old}?`, ...OF_REVISION_1 },
  { path: `/socket.io/1/websocket/${old}?`, websocket: true, ...OF_REVISION_1 }
]

for (const [name, parser] of Object.entries(PARSERS)) {
  t.test(`parameters that come as ${name} are refused in the words of the dialect, on every route`, async (t) => {
    const app = await pluginApp(t, {}, { routerOptions: { querystringParser: parserOf(parser) } })
    app.addHook('onRequest', async (request) => { t.doesNotThrow(() => request.socketio) })
    const old = await connectPolling(app)
    const sessions = [await connectEngine(app, ENGINE_3), await connectEngine(app, ENGINE_4)]
    for (const { method = 'GET', path, websocket = false, names, body } of waysOf(old, sessions.map(({ sid }) => sid))) {
      for (const parameter of names.flatMap((one) => [`&${one}[toString]=x`, `&${one}[length]=1`])) {
        const url = path + parameter
        const headers = { referer: 'http://localhost/' }
        const answer = websocket ? await requestUpgrade(app, url) : await app.inject({ method, url, headers, ...(method === 'POST' && { payload: '' }) })
        const status = 'statusCode' in answer ? answer.statusCode : answer.status
        t.strictSame([status, answer.body], [400, body], `${method} ${url}`)
      }
    }
    t.equal(app.socketio.sessions.size, 3, 'none is opened, and none is ended')
    t.equal((await app.inject(`/socket.io/1/xhr-polling/${old}?disconnect`)).body, '')
    t.equal(app.socketio.sessions.size, 2, 'what comes as a text is read')
  })
}
