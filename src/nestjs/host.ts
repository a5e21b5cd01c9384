// Finds the Fastify of a Nest application.
import type { FastifyInstance } from 'fastify'
import { NotFastifyError, TooLateError } from '../errors.js'
import { isInitialized } from '../private/nest-initialized.js'

interface HttpAdapter {
  getType (): string
  getInstance (): FastifyInstance
}

/** Returns the instance of Fastify. @throws FST_SIO_NOT_FASTIFY for another argument, or an application on Express @throws FST_SIO_TOO_LATE for an application that is initialized */
export function fastifyOf (app: { getHttpAdapter?: () => HttpAdapter }): FastifyInstance {
  const adapter = app?.getHttpAdapter?.()
  const type = adapter?.getType()
  if (adapter === undefined || type !== 'fastify') throw new NotFastifyError(type === undefined ? 'something else' : `an application with the HTTP adapter "${type}"`)
  if (isInitialized(app)) throw new TooLateError()
  return adapter.getInstance()
}
