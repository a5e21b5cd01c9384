// The old client, 0.9.17, in Node, where it knows websocket and xhr-polling.
import t from 'tap'
import { client09 } from '../kit/official-clients.js'
import { createScenario } from './old-scenario.js'
import { exchangeSuite, restartSuite } from './old-suite.js'
import type { Client } from './old-suite.js'

/** The list of transports is the client's one global: one transport after the other. */
async function start (url: string, transport: string): Promise<Client> {
  const scenario = createScenario(client09, { url, transport })
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
