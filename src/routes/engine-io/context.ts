// Types of the Engine.IO routes: the context of a version, and a request that has passed the schema.
import type { FastifyRequest } from 'fastify'
import type { EngineIoShared } from '../../dialects/engine-io/engine-io.js'
import type { Engine } from '../../engine/engine.js'
import type { Hosts } from '../../hosts/hosts.js'
import type { Settings } from '../../options.js'

/** The context that all requests of one version share. */
export interface EngineIoContext {
  readonly engine: Engine
  readonly hosts: Hosts
  readonly settings: Settings
  readonly shared: EngineIoShared
}

/** For Fastify's route generics. */
export interface EngineIoRoute {
  Querystring: Readonly<Record<string, unknown>>
  /** Text, or in Engine.IO 3 a binary payload. */
  Body: string | Buffer | null | undefined
}

export type EngineIoRequest = FastifyRequest<EngineIoRoute>
