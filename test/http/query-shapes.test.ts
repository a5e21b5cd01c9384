// The host's own `querystringParser` may make objects of a query, as `qs` does, which a peer then shapes: `sid[toString]=x`. The plugin reads the URL itself.
import { unescape } from 'node:querystring'
import t from 'tap'
import { connectEngine, urlOf } from '../kit/engine-io/inject.js'
import { pluginApp } from '../kit/servers/app.js'
import { connectPolling } from '../kit/revision-1/inject.js'
import { requestUpgrade } from '../kit/request.js'
import { DIALECTS } from '../kit/engine-io/payload.js'

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

interface Way { method?: 'GET' | 'POST' | 'OPTIONS', payload?: string | Buffer, path: string, websocket?: boolean, names: readonly string[] }

const OF_ENGINE_IO = { names: ['EIO', 'transport', 'sid', 'j', 'b64', 't'] }
const OF_REVISION_1 = { names: ['t', 'i', 'jsonp', 'disconnect'] }

const waysOf = (old: string, sids: readonly string[]): Way[] => [
  ...DIALECTS.flatMap(({ eio, body, silent }, i) => ['&sid=unknown', `&sid=${sids[i] ?? ''}`].flatMap((sid): Way[] => [
    { path: urlOf(eio, 'polling', `${sid}x`), ...OF_ENGINE_IO },
    { path: urlOf(eio, 'polling', `${sid}x&j=0`), ...OF_ENGINE_IO },
    { method: 'POST', payload: body(silent), path: urlOf(eio, 'polling', sid), ...OF_ENGINE_IO },
    { path: urlOf(eio, 'websocket', `${sid}x`), websocket: true, ...OF_ENGINE_IO },
    { path: urlOf(eio, 'websocket', sid), ...OF_ENGINE_IO },
    { path: urlOf(eio, 'unknown', sid), ...OF_ENGINE_IO }
  ])),
  { path: '/socket.io/?EIO=9', ...OF_ENGINE_IO },
  ...['1/?', '1?', '1/?jsonp=0', '1/x?', '2/?', ...['xhr-polling', 'jsonp-polling', 'htmlfile', 'unknown'].map((name) => `1/${name}/${old}x?`), `1/${old}/?`].map((path) =>
    ({ path: `/socket.io/${path}`, ...OF_REVISION_1 })),
  { method: 'POST', path: `/socket.io/1/xhr-polling/${old}?`, ...OF_REVISION_1 },
  { path: `/socket.io/1/websocket/${old}x?`, websocket: true, ...OF_REVISION_1 }
]

/** Without the ids that each handshake makes anew. */
const withoutIds = (body: string): string => body.replace(/[\w-]{20}/, 'SID')

for (const [name, parser] of Object.entries(PARSERS)) {
  t.test(`parameters that come as ${name} are those of the page, and change no answer, on any route`, async (t) => {
    const app = await pluginApp(t, {}, { routerOptions: { querystringParser: parserOf(parser) } })
    app.addHook('onRequest', async (request) => { t.doesNotThrow(() => request.socketio) })
    const old = await connectPolling(app)
    const sids: string[] = []
    for (const dialect of DIALECTS) sids.push((await connectEngine(app, dialect)).sid)
    const answerTo = async ({ method = 'GET', payload = '', path, websocket = false }: Way, parameter = ''): Promise<[number, string]> => {
      const url = path + parameter
      const headers = { referer: 'http://localhost/' }
      if (websocket) {
        const { status, body } = await requestUpgrade(app, url)
        return [status, body]
      }
      const { statusCode, body } = await app.inject({ method, url, headers, ...(method === 'POST' && { payload }) })
      return [statusCode, withoutIds(body)]
    }
    for (const way of waysOf(old, sids)) {
      const answer = await answerTo(way)
      for (const parameter of way.names.flatMap((one) => [`&${one}[toString]=x`, `&${one}[length]=1`])) {
        t.strictSame(await answerTo(way, parameter), answer, `${way.method ?? 'GET'} ${way.path}${parameter}`)
      }
    }
    t.equal((await app.inject(`/socket.io/1/xhr-polling/${old}?disconnect`)).body, '')
    t.strictSame([...app.socketio.sessions.keys()].filter((sid) => sid === old || sids.includes(sid)), sids)
  })
}
