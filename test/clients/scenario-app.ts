// The server that the clients of every generation are tried against: the plugin with the official Server, answering what the
// scenarios ask (scenario-answers.js), and the pages that load a client.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { PACKAGES } from '../kit/official-clients.js'
import type { Generation } from '../kit/official-clients.js'
import { answerScenario } from './scenario-answers.js'

const require = createRequire(import.meta.url)

/** The file that pages load. */
export const bundleOf = (generation: Generation): string =>
  join(dirname(require.resolve(`${PACKAGES[generation]}/package.json`)), 'dist', 'socket.io.js')

const SCENARIOS = ['scenario-waiting.js', 'old-scenario.js', 'later-scenario.js']

/** A page with a client and its scenario, which is found as `scenario`. */
const pageOf = (generation: Generation, scenario: string): string => `<!doctype html>
<meta charset="utf-8">
<title>${generation}</title>
<link rel="icon" href="data:,">
<body>
<script src="/client/${generation}.js"></script>
<script type="module">
import * as scenario from '/${scenario}'
window.scenario = scenario
scenario.standInForActiveX?.(window)
</script>`

/** Adds the pages to a server. */
export function addPages (app: FastifyInstance): void {
  for (const generation of Object.keys(PACKAGES) as unknown as Generation[]) {
    const client = readFileSync(bundleOf(generation), 'utf8')
    const page = pageOf(generation, String(generation) === '0.9' ? 'old-scenario.js' : 'later-scenario.js')
    app.get(`/page/${generation}`, (_request, reply) => reply.type('text/html').send(page))
    app.get(`/client/${generation}.js`, (_request, reply) => reply.type('text/javascript').send(client))
  }
  for (const name of SCENARIOS) {
    const text = readFileSync(new URL(name, import.meta.url), 'utf8')
    app.get(`/${name}`, (_request, reply) => reply.type('text/javascript').send(text))
  }
}

/** Listens, and tells at which origin. */
export async function listen (app: FastifyInstance, port = 0): Promise<string> {
  await app.listen({ port, host: '127.0.0.1' })
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
}

/** What the scenarios need. */
export const SCENARIO_OPTIONS: SocketioTransportsOptions = {
  transports: ['websocket', 'polling', 'htmlfile', 'xhr-polling', 'jsonp-polling'], cors: { origin: true }, io: {}
}

/** The server, not listening yet. */
export async function buildApp (options: SocketioTransportsOptions = {}): Promise<FastifyInstance> {
  // A browser opens connections ahead of need; Node counts those that were never used as busy.
  const app = Fastify({ forceCloseConnections: true })
  addPages(app)
  await app.register(socketioTransports, {
    ...SCENARIO_OPTIONS,
    ...options
  })
  if (options.io === undefined) answerScenario(app.io)
  return app
}
