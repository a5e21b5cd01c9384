// Apps that validate their own routes with another library, or with other options of ajv. Real clients connect to the plugin with its default options.
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import Joi from 'joi'
import t from 'tap'
import * as yup from 'yup'
import { z } from 'zod'
import socketioTransports from '../../src/index.js'
import { captureLog } from '../kit/servers/app.js'
import { ask, connectOfficial } from '../kit/official-clients.js'
import type { Generation } from '../kit/official-clients.js'
import { until } from '../kit/waiting.js'

interface Host {
  readonly name: string
  readonly options?: object
  /** Sets the validator of the app, as the documents of its library say. */
  readonly prepare?: (app: FastifyInstance) => void
  /** The schema of a route of the app: `n` is a whole number. */
  readonly schema: unknown
}

const JSON_SCHEMA = { type: 'object', properties: { n: { type: 'string', pattern: '^\\d+$' } } }

const HOSTS: readonly Host[] = [
  {
    name: 'zod',
    prepare: (app) => { app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler) },
    schema: z.object({ n: z.coerce.number().int() })
  },
  {
    name: 'joi',
    prepare: (app) => {
      app.setValidatorCompiler<Joi.Schema>(({ schema }) => (data) => {
        const { error, value } = schema.validate(data)
        return error === undefined ? { value: value as unknown } : { error }
      })
    },
    schema: Joi.object({ n: Joi.number().integer() })
  },
  {
    name: 'yup',
    prepare: (app) => {
      app.setValidatorCompiler<yup.AnySchema>(({ schema }) => (data) => {
        try {
          return { value: schema.validateSync(data) as unknown }
        } catch (error) {
          return { error: error instanceof Error ? error : new Error(String(error)) }
        }
      })
    },
    schema: yup.object({ n: yup.number().integer() })
  },
  { name: 'ajv that removes properties and coerces none', options: { ajv: { customOptions: { removeAdditional: 'all', coerceTypes: false } } }, schema: JSON_SCHEMA }
]

const CLIENTS: readonly [Generation, ...string[]][] = [
  [4, 'polling'], [4, 'websocket'], [4, 'polling', 'websocket'], [3, 'polling', 'websocket'], [2, 'polling', 'websocket'], [1, 'polling'], [0.9, 'websocket'], [0.9, 'xhr-polling']
]

for (const { name, options, prepare, schema } of HOSTS) {
  t.test(`an app with ${name}`, async (t) => {
    const { logger, lines } = captureLog('info')
    const app = Fastify({ ...options, logger })
    prepare?.(app)
    app.get('/own', { schema: { querystring: schema } }, async () => 'own')
    await app.register(socketioTransports, { io: {} })
    const tokens: unknown[] = []
    app.io.on('connection', (socket) => {
      tokens.push(socket.handshake.query['token'])
      socket.on('echo', (text: unknown, answer: (text: unknown) => void) => answer(text))
    })
    t.teardown(() => app.close())
    const url = await app.listen({ port: 0, host: '127.0.0.1' })

    for (const [generation, ...transports] of CLIENTS) {
      const peer = connectOfficial(generation, url, transports, { query: generation === 0.9 ? 'token=t' : { token: 't' } })
      t.strictSame(await ask(peer, 'echo', `by ${transports.join()}`), [`by ${transports.join()}`], `client ${generation} by ${transports.join()}`)
      peer.disconnect()
    }
    t.strictSame(tokens, CLIENTS.map(() => 't'), 'the parameters of the page are there')
    await until(() => app.socketio.sessions.size === 0)

    t.equal((await app.inject('/own?n=1')).statusCode, 200)
    t.equal((await app.inject('/own?n=x')).statusCode, 400, 'the routes of the app have their own validator')
    t.equal((await app.inject('/socket.io/?EIO=4&transport=polling&sid=a&sid=b')).statusCode, 400, 'and those of the plugin theirs')
    t.strictSame(lines.filter(({ level, reason }) => level >= 40 && reason !== 'bad request'), [])
  })
}
