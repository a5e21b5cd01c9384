// The old client, 0.9.17, in Node, where it knows websocket and xhr-polling.
import { createRequire } from 'node:module'
import t from 'tap'
import { createScenario } from './scenario.js'
import type { OldClient } from './scenario.js'
import { exchangeSuite, restartSuite } from './suite.js'
import type { Client } from './suite.js'

const io = createRequire(import.meta.url)('socket.io-client-0.9') as OldClient

/** The list of transports is the client's one global: one transport after the other. */
async function start (url: string, transport: string): Promise<Client> {
  const scenario = createScenario(io, { url, transport })
  return {
    run: async (step, ...args) => await scenario[step]?.(...args),
    close: async () => { scenario['close']?.() }
  }
}

for (const transport of ['websocket', 'xhr-polling']) {
  const options = { transport, start: (url: string) => start(url, transport) }
  exchangeSuite(t, options)
  restartSuite(t, options)
}
