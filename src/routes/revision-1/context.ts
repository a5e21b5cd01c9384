// What the requests of revision 1 share, and what the schema has let pass of each.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Engine } from '../../engine/engine.js'
import type { Settings } from '../../options.js'
import type { Revision1Transport } from '../../transports/index.js'

/** What all requests of one transport share. */
export interface TransportContext {
  readonly engine: Engine
  readonly settings: Settings
  readonly name: Revision1Transport
}

/** For Fastify's route generics. Routes have the first one, two or three of the parameters. */
export interface Revision1Route {
  Params: { protocol: string, transport?: string, sid: string }
}

export type Revision1Request = FastifyRequest<Revision1Route>

export type Handler = (request: Revision1Request, reply: FastifyReply) => void
