// Types of the revision 1 routes: the context of a transport, and a request that has passed the schema.
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Engine } from '../../engine/engine.js'
import type { Hosts } from '../../hosts/hosts.js'
import type { Settings } from '../../options.js'
import type { Revision1Transport } from '../../transports/index.js'

/** The context that all requests of one transport share. */
export interface TransportContext {
  readonly engine: Engine
  readonly hosts: Hosts
  readonly settings: Settings
  readonly name: Revision1Transport
}

/** For Fastify's route generics. A route has only the parameters that are in its URL. */
export interface Revision1Route {
  Querystring: Readonly<Record<string, unknown>>
  Params: { protocol: string, transport?: string, sid: string }
}

export type Revision1Request = FastifyRequest<Revision1Route>

export type Handler = (request: Revision1Request, reply: FastifyReply) => void
