// Middleware that reads the bodies of all POSTs, so that nothing is left of them for the routes. A plain Fastify route would not answer then.
import fastifyExpress from '@fastify/express'
import { raw, text, urlencoded } from 'express'
import t from 'tap'
import socketioTransports from '../../../src/index.js'
import { captureLog, newApp, portOf } from '../../kit/servers/app.js'
import { DIALECTS, readOpen } from '../../kit/engine-io/payload.js'
import { fetchText } from '../../kit/request.js'
import { scriptHeaders } from '../../kit/script.js'

const FORM = { type: 'application/x-www-form-urlencoded', encode: (body: string) => new URLSearchParams({ d: body }).toString() }
const TEXT = { type: 'text/plain;charset=UTF-8', encode: (body: string) => body }

const READERS = { urlencoded: [urlencoded(), FORM], text: [text(), TEXT], raw: [raw({ type: '*/*' }), TEXT] } as const

for (const [name, [middleware, { type, encode }]] of Object.entries(READERS)) {
  t.test(`express.${name}() on all paths: POSTs are refused, and the log says what to do`, async (t) => {
    const { logger, lines } = captureLog('warn')
    const app = newApp(t, { logger })
    await app.register(fastifyExpress)
    app.use(middleware)
    await app.register(socketioTransports)
    const url = `http://127.0.0.1:${await portOf(app)}/socket.io/`
    const post = (path: string, body: string) => fetchText(url + path, { method: 'POST', body: encode(body), headers: { 'content-type': type, ...scriptHeaders(url + path) } })

    for (const { eio, packets } of DIALECTS) {
      const { sid } = readOpen(packets(Buffer.from((await fetchText(`${url}?EIO=${eio}&transport=polling`)).body))[0])
      const path = `?EIO=${eio}&transport=polling&sid=${sid}${type === FORM.type ? '&j=0' : ''}`
      const { status, body } = await post(path, '1')
      t.strictSame([status, body], [400, '{"code":3,"message":"Bad request"}'])
    }
    const [sid] = (await fetchText(`${url}1/`)).body.split(':')
    t.strictSame((await post(`1/${type === FORM.type ? 'jsonp' : 'xhr'}-polling/${sid}`, '2::')).status, 400)
    t.match(lines, Array(3).fill({ detail: /middleware of the app has read the body: let its body parsers .* run on the paths of the app only/ }))
    t.equal(lines.length, 3)
  })
}
