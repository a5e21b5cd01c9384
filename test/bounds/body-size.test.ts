// How large the body of a request may be: `maxPayload`, on every route that reads one.
import t from 'tap'
import { captureLog, pluginApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { dial } from '../kit/raw/connection.js'
import { OPTIONS, ROUTES, sessionsIn } from './body-routes.js'
import { parse } from '../kit/raw/http.js'

const MAX = 1000
const TOLD = { engine: ['application/json', '{"code":3,"message":"Payload too large"}'], 'revision 1': ['text/plain', 'payload too large'] } as const

async function setUp (t: Teardown, maxPayload = MAX) {
  const { lines, logger } = captureLog('info')
  const app = await pluginApp(t, { ...OPTIONS, maxPayload }, { logger })
  const heard: string[] = []
  app.socketio.on('connection', (socket) => socket.on('packet', (packet) => { if (packet.type === 'message') heard.push(packet.data) }))
  const told: string[] = []
  app.socketio.on('connection_error', ({ reason }) => told.push(reason))
  return { app, lines, heard, told, port: await portOf(app), fill: await sessionsIn(app) }
}

/** A body of so many bytes, by either way to send one. Of one that is too large as it says, nothing need be sent. */
const FORMS: Record<string, (size: number) => string[]> = {
  'by its Content-Length': (size) => [`Content-Length: ${size}`, '', size > MAX ? '' : '8'.padEnd(size, ':')],
  chunked: (size) => ['Transfer-Encoding: chunked', '', `${(10).toString(16)}\r\n${'8'.padEnd(10, ':')}\r\n${(size - 10).toString(16)}`, ':'.repeat(size - 10), '0\r\n\r\n']
}

for (const [form, body] of Object.entries(FORMS)) {
  t.test(`a body of more than maxPayload is refused with 413 and its connection closed, one of as much is not: ${form}`, async (t) => {
    const { app, lines, told, port, fill } = await setUp(t)
    for (const { method = 'POST', url, dialect } of ROUTES) {
      const raw = dial(t, port)
      raw.writeLines(`${method} ${fill(url)} HTTP/1.1`, 'Host: localhost', ...body(MAX + 1))
      await raw.closed
      const [type, text] = TOLD[dialect]
      const answer = parse(raw.text)
      t.match(answer, { status: 413, body: text, headers: { connection: 'close', 'content-length': String(text.length) } }, `${method} ${url}`)
      t.equal(answer.headers['content-type']?.split(';')[0], type)
    }
    t.strictSame(told, ROUTES.map(() => 'payload too large'))
    t.strictSame(app.socketio.metrics.refused, { 'payload too large': ROUTES.length })
    t.equal(lines.filter(({ level, reason }) => level === 40 && reason === 'payload too large').length, ROUTES.length)
    t.equal(app.socketio.sessions.size, 3, 'the sessions live')
    for (const { method = 'POST', url } of ROUTES) {
      const raw = dial(t, port)
      raw.writeLines(`${method} ${fill(url)} HTTP/1.1`, 'Host: localhost', ...body(MAX))
      t.not(parse(await raw.answers(1)).status, 413, `${method} ${url}`)
      raw.socket.destroy()
    }
    t.equal(app.socketio.metrics.refused['payload too large'], ROUTES.length)
  })
}

t.test('where the app allows less than maxPayload, it is only bodies with packets that may be larger', async (t) => {
  const app = await pluginApp(t, { ...OPTIONS, maxPayload: 10_000 }, { bodyLimit: 1000 })
  const fill = await sessionsIn(app)
  for (const { method = 'POST', url } of ROUTES) {
    const { statusCode } = await app.inject({ method, url: fill(url), payload: '8'.padEnd(1001, ':') })
    const packets = method === 'POST' && /=polling|(?:xhr-polling|jsonp-polling|htmlfile|xhr-multipart)\/[^/]/.test(url)
    t.equal(statusCode === 413, !packets, `${method} ${url} is answered with ${statusCode}`)
  }
})

// ---- what is said in them

const BODIES = {
  'SID4, as text': { url: '/socket.io/?EIO=4&transport=polling&sid=SID4', wrap: (text: string) => `42["message","${text}"]` },
  'SID3, as text': { url: '/socket.io/?EIO=3&transport=polling&sid=SID3', wrap: (text: string) => `${text.length + 16}:42["message","${text}"]` },
  'SID4, as a form': { url: '/socket.io/?EIO=4&transport=polling&sid=SID4&j=0', wrap: (text: string) => `d=42["message","${text}"]` },
  'revision 1, as text': { url: '/socket.io/1/xhr-polling/OLD', wrap: (text: string) => `3:::${text}` },
  'revision 1, as a form': { url: '/socket.io/1/jsonp-polling/OLD', wrap: (text: string) => `d="3:::${text}"` }
}

for (const [name, { url, wrap }] of Object.entries(BODIES)) {
  t.test(`below and at maxPayload a packet is heard, above it none is, and the session goes on: ${name}`, async (t) => {
    const { app, heard, fill } = await setUp(t)
    const fit = (size: number): string => {
      let text = 'x'.repeat(size)
      while (wrap(text).length > size) text = text.slice(1)
      return text
    }
    const texts = ['x', ...[MAX - 1, MAX, MAX + 1, 2 * MAX, MAX].map(fit)]
    for (const text of texts) {
      const payload = wrap(text)
      const { statusCode } = await app.inject({ method: 'POST', url: fill(url), payload, headers: { 'content-type': 'text/plain' } })
      t.equal(statusCode, payload.length > MAX ? 413 : 200, `${payload.length} bytes`)
    }
    t.strictSame(heard.map((text) => wrap(text).length), [wrap('x').length, MAX - 1, MAX, MAX])
  })
}
