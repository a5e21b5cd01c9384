// Fastify's lines of the plugin's requests: ids in them are short, whatever serializers the application has, and `logRequests` keeps to levels.
import pino from 'pino'
import t from 'tap'
import type { FastifyInstance, FastifyServerOptions } from 'fastify'
import socketioTransports from '../../src/index.js'
import { connectEngine } from '../kit/engine-io/inject.js'
import { ENGINE_4 } from '../kit/engine-io/payload.js'
import { connectPolling } from '../kit/revision-1/inject.js'
import { captureLog, newApp } from '../kit/servers/app.js'
import type { LogLine } from '../kit/servers/app.js'

interface Raw { url: string, headers: object }

const own = (request: Raw): object => ({ path: request.url, headers: request.headers, mine: true })

/** Two sessions, and two requests of each. Returns their ids. */
async function visit (app: FastifyInstance): Promise<string[]> {
  const { sid } = await connectEngine(app, ENGINE_4)
  const old = await connectPolling(app)
  for (const [id, url] of [[sid, `/socket.io/?EIO=4&transport=polling&sid=${sid}`], [old, `/socket.io/1/xhr-polling/${old}`]] as const) {
    await app.inject({ method: 'POST', url, headers: { 'content-type': 'text/plain', cookie: `io=${id}` }, payload: '2::' })
  }
  return [sid, old]
}

const stream = (lines: LogLine[]) => ({ write: (line: string) => { lines.push(JSON.parse(line) as LogLine) } })

const LOGGERS: [name: string, make: (lines: LogLine[]) => FastifyServerOptions][] = [
  ['the logger of Fastify', (lines) => ({ logger: { level: 'info', stream: stream(lines) } })],
  ['own serializers', (lines) => ({ logger: { level: 'info', stream: stream(lines), serializers: { req: own as never, res: ({ request }) => ({ statusCode: 1, of: request?.url }) } } })],
  ['a pino of the application', (lines) => ({ loggerInstance: pino({ serializers: { req: own } }, stream(lines)) as never })]
]

for (const [name, make] of LOGGERS) {
  t.test(`${name}: no whole id is in any line`, async (t) => {
    const lines: LogLine[] = []
    const app = newApp(t, make(lines))
    app.get('/own', async () => 'own')
    await app.register(socketioTransports, {})
    const ids = await visit(app)
    const requests = lines.filter(({ msg }) => msg === 'incoming request')
    t.ok(requests.length > 4)
    t.equal(requests.every(({ req }) => Object(req).mine === true), name !== 'the logger of Fastify', 'the serializer of the application is in force')
    for (const sid of ids) {
      t.notMatch(JSON.stringify(lines), new RegExp(sid))
      t.match(JSON.stringify(requests), new RegExp(`${sid.slice(0, 8)}…`))
    }
    await app.inject('/own?sid=abcdefghijklmnopqrst')
    t.match(JSON.stringify(lines.at(-2)), /abcdefghijklmnopqrst/, 'other routes log as before')
  })
}

t.test('serializers of a scope around the plugin, and of its registration, are in force', async (t) => {
  for (const where of ['scope', 'registration']) {
    const { lines, logger } = captureLog('info')
    const app = newApp(t, { logger })
    const serializers = { logSerializers: { req: own } }
    let inner: FastifyInstance = app
    await app.register(async (scope) => {
      inner = scope
      await scope.register(socketioTransports, (where === 'registration' ? serializers : {}) as never)
    }, where === 'scope' ? serializers as never : {})
    const answer = await app.inject('/socket.io/?EIO=4&transport=polling&sid=abcdefghijklmnopqrst')
    t.equal(answer.statusCode, 400)
    t.match(lines.filter(({ msg }) => msg === 'incoming request'), [{ req: { path: '/socket.io/?EIO=4&transport=polling&sid=abcdefgh…', mine: true } }], where)
    t.ok(inner.socketio)
  }
})

t.test('logRequests: false beside logLevel', async (t) => {
  for (const [logLevel, refusals] of [['debug', 2], ['warn', 1], ['silent', 0]] as const) {
    const { lines, logger } = captureLog('debug')
    const app = newApp(t, { logger })
    await app.register(socketioTransports, { logRequests: false, logLevel } as never)
    await app.inject('/socket.io/?EIO=4&transport=polling&sid=nobody')
    await app.inject('/socket.io/?EIO=4&transport=none')
    t.equal(lines.filter(({ msg }) => msg === 'incoming request').length, 0, logLevel)
    t.equal(lines.filter(({ msg }) => msg.startsWith('refused')).length, refusals, logLevel)
  }
})
