// An application of socket.io in three places: on socket.io's own server, in the drop-in for fastify-socket.io, and in the plugin itself.
import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastifyExpress from '@fastify/express'
import { Server } from 'socket.io'
import dropIn from '../../../src/fastify-socket.io.js'
import socketioTransports from '../../../src/index.js'
import type { Engine, EngineEvents, EngineMiddleware } from '../../../types/engine.js'
import type { Teardown } from '../teardown.js'
import { captureLog, newApp, portOf } from './app.js'
import type { LogLine } from './app.js'

/** The part of `io.engine` that all places have. */
interface AnyEngine extends Pick<Engine, 'clientsCount'> {
  use (middleware: EngineMiddleware): unknown
  on <Name extends keyof EngineEvents> (event: Name, listener: (...args: EngineEvents[Name]) => void): unknown
  generateId (request: IncomingMessage): string | number | PromiseLike<string | number>
}

/** A Server that listens. */
export interface Place {
  readonly io: Server
  readonly engine: AnyEngine
  readonly url: string
  /** What our plugin has logged; empty for socket.io's own server. */
  readonly lines: readonly LogLine[]
}

export interface PlaceOptions {
  /** An app of Express for all other requests. */
  express?: RequestListener
  /** Our option. */
  handshakeTimeout?: number
}

type Start = (t: Teardown, options?: PlaceOptions) => Promise<Place>

async function official (t: Teardown, { express }: PlaceOptions = {}): Promise<Place> {
  const http = createServer(express)
  const io = new Server(http, { allowEIO3: true })
  t.teardown(() => io.close())
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return { io, engine: io.engine, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, lines: [] }
}

function onFastify (plugin: typeof dropIn | typeof socketioTransports): Start {
  return async function start (t, { express, handshakeTimeout } = {}) {
    const { lines, logger } = captureLog('warn')
    const app = newApp(t, { logger })
    if (express !== undefined) {
      await app.register(fastifyExpress)
      app.use(express)
    }
    if (plugin === dropIn) await app.register(dropIn, { allowEIO3: true })
    else await app.register(socketioTransports, { io: {}, ...(handshakeTimeout && { handshakeTimeout }) })
    return { io: app.io, engine: app.socketio, url: `http://127.0.0.1:${await portOf(app)}`, lines }
  }
}

/** The places on Fastify. */
export const OURS = { 'in the drop-in': onFastify(dropIn), 'in the plugin': onFastify(socketioTransports) } as const satisfies Record<string, Start>
export const EVERYWHERE = { 'on socket.io\'s own server': official, ...OURS } as const satisfies Record<string, Start>
