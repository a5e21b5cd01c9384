// Validates with JSON Schema, as the schemas of the routes are written, whatever validator the application has for its own routes (zod, joi, yup), and
// whatever options its ajv has: `removeAdditional: 'all'` would remove the parameters of a page from `handshake.query`.
import buildCompiler from '@fastify/ajv-compiler'
import type { FastifyInstance } from 'fastify'

const newCompiler = buildCompiler()

/** Gives a scope a validator of its own, with Fastify's default options except for removal. */
export function addValidator (scope: FastifyInstance): void {
  const compile = newCompiler({}, { customOptions: { removeAdditional: false } })
  scope.setValidatorCompiler(({ schema }) => compile({ schema }))
}
