// Apps that validate their own routes with another library, or with other options of ajv.
import assert from 'node:assert'
import type { FastifyInstance } from 'fastify'
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import Joi from 'joi'
import { Type } from 'typebox'
import * as yup from 'yup'
import { z } from 'zod'
import { ONCE, testHosts } from './host.js'
import type { Host } from './host.js'

interface Validator extends Pick<Host, 'name' | 'server' | 'register'> {
  /** The schema of a route of the app: `n` is a whole number. */
  readonly schema: unknown
}

const JSON_SCHEMA = { type: 'object', properties: { n: { type: 'string', pattern: '^\\d+$' } } }

const VALIDATORS: readonly Validator[] = [
  {
    name: 'zod',
    register: (app) => { app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler) },
    schema: z.object({ n: z.coerce.number().int() })
  },
  {
    name: 'joi',
    register: (app) => {
      app.setValidatorCompiler<Joi.Schema>(({ schema }) => (data) => {
        const { error, value } = schema.validate(data)
        return error === undefined ? { value: value as unknown } : { error }
      })
    },
    schema: Joi.object({ n: Joi.number().integer() })
  },
  {
    name: 'yup',
    register: (app) => {
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
  {
    name: 'TypeBox',
    register: (app) => { app.setValidatorCompiler(TypeBoxValidatorCompiler) },
    schema: Type.Object({ n: Type.Optional(Type.String({ pattern: '^\\d+$' })) })
  },
  { name: 'ajv that removes properties', server: { ajv: { customOptions: { removeAdditional: 'all' } } }, schema: JSON_SCHEMA },
  { name: 'ajv that coerces no types', server: { ajv: { customOptions: { coerceTypes: false } } }, schema: JSON_SCHEMA }
]

const tokens = (app: FastifyInstance) => [...app.io.sockets.sockets.values()].map(({ handshake }) => handshake.query['token'])

const toHost = ({ schema, register, ...validator }: Validator): Host => ({
  ...validator,
  ...(register === undefined ? { orders: ONCE } : { register }),
  client: (generation) => ({ query: generation === 0.9 ? 'token=t' : { token: 't' } }),
  routes: (app) => app.get('/own', { schema: { querystring: schema } }, async () => 'own'),
  async check ({ t, app }) {
    assert.ok(app.io.sockets.sockets.size > 0)
    t.ok(tokens(app).every((token) => token === 't'), 'the parameters of the page are there')
    t.equal((await app.inject('/own?n=1')).statusCode, 200)
    t.equal((await app.inject('/own?n=x')).statusCode, 400, 'the routes of the app have their own validator')
    t.equal((await app.inject('/socket.io/?EIO=4&transport=polling&sid=a&sid=b')).statusCode, 400, 'and those of the plugin theirs')
  },
  expects: ({ reason }) => reason === 'bad request'
})

testHosts(VALIDATORS.map(toHost))
