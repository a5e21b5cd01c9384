// The old client, 0.9.17, in Node, where it knows websocket and xhr-polling.
import t from 'tap'
import { client09 } from '../kit/official-clients.js'
import { ofScenario } from './in-node.js'
import { createScenario } from './old-scenario.js'
import { exchangeSuite, restartSuite } from './old-suite.js'
import type { Client } from './every-suite.js'

/** The list of transports is the client's one global: one transport after the other. */
const start = async (url: string, transport: string): Promise<Client> => ofScenario(createScenario(client09, { url, transport }))

for (const transport of ['websocket', 'xhr-polling']) {
  const options = { transport, start: (url: string) => start(url, transport) }
  exchangeSuite(t, options)
  restartSuite(t, options)
}
