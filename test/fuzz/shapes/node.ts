// One node, in a process of its own: an application on the plugin with its default options. Reports to its parent what no process survives
// (it goes on, so that one run finds more than one fault), what is logged as an error, and when its event loop stands still.
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { setImmediate as turn } from 'node:timers/promises'
import { inspect } from 'node:util'
import { createAdapter } from '@socket.io/redis-adapter'
import Fastify from 'fastify'
import { createClient } from 'redis'
import type { Server, ServerOptions } from 'socket.io'
import parser from 'socket.io-msgpack-parser'
import socketioTransports from '../../../src/index.js'
import { TRANSPORT_NAMES } from '../../../src/transports/index.js'
import { serve } from './application.js'
import { setupOf } from './setup.js'
import { watchForStalls } from './stalls.js'

/** What a node says to its parent. */
export type NodeMessage =
  | { type: 'port', port: number }
  | { type: 'fault', kind: string, text: string }
  | { type: 'settled', rss: number }

const LEVEL_ERROR = 50
/** Namespaces whose sockets are fetched when the node settles. */
const FETCHED = 40
/** A namespace that one node has just dropped is not answered for; ms. */
const REQUESTS_TIMEOUT = 1500
/** Above this, garbage is collected before memory is measured; bytes. */
const MUCH = 400 * 1024 * 1024

const [name = '', redis = '', prefix = ''] = process.argv.slice(2)
const setup = setupOf(name)

const say = (message: NodeMessage): void => { process.send?.(message) }
const fault = (kind: string, error: unknown): void => say({ type: 'fault', kind, text: error instanceof Error && typeof error.stack === 'string' ? error.stack : inspect(error) })

async function serverOptions (): Promise<Partial<ServerOptions>> {
  const common = { cleanupEmptyChildNamespaces: true, ...setup.parser === 'msgpack' && { parser } }
  if (setup.adapter === 'memory') return { ...common, connectionStateRecovery: {} }
  const clients = await Promise.all([1, 2].map(async () => await createClient({ url: redis }).on('error', () => {}).connect()))
  return { ...common, adapter: createAdapter(clients[0], clients[1], { key: prefix, requestsTimeout: REQUESTS_TIMEOUT }) }
}

/** Waits until what other nodes were sent has been read by them, and until every session that there is was told about. */
async function settle (io: Server): Promise<void> {
  const namespaces = [...io._nsps.values()].slice(0, FETCHED)
  await Promise.all(namespaces.map(async (nsp) => await nsp.fetchSockets().catch(() => {})))
  if (setup.adapter === 'redis') await io.of('/').serverSideEmitWithAck('settled' as never)
  await turn()
  await turn()
  if (process.memoryUsage.rss() > MUCH) globalThis.gc?.()
  say({ type: 'settled', rss: process.memoryUsage.rss() })
}

process.on('uncaughtException', (error) => fault('uncaughtException', error))
process.on('unhandledRejection', (error) => fault('unhandledRejection', error))
watchForStalls((text) => fault('stall', new Error(text)))

const logger = {
  level: 'error',
  stream: { write: (line: string) => { if ((JSON.parse(line) as { level: number }).level >= LEVEL_ERROR) say({ type: 'fault', kind: 'error log', text: line }) } }
}
const app = Fastify({ forceCloseConnections: true, logger })
await app.register(socketioTransports, { transports: TRANSPORT_NAMES, io: await serverOptions() })
serve(app.io, setup)
await app.listen({ port: 0, host: '127.0.0.1' })
process.on('message', () => { settle(app.io).catch((error: unknown) => fault('does not settle', error)) })
process.once('disconnect', () => process.exit(0))
say({ type: 'port', port: (app.server.address() as AddressInfo).port })
