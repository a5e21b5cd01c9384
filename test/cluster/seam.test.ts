// The core without a link: clients of every generation whose requests arrive at any of three nodes, which call each other in one process.
import t from 'tap'
import { startInNode } from '../clients/in-node.js'
import { ofScenario } from '../clients/in-node.js'
import { exchangeSuite as exchangeLater, WAYS } from '../clients/later-suite.js'
import { createScenario } from '../clients/old-scenario.js'
import { exchangeSuite as exchangeOld } from '../clients/old-suite.js'
import { answerScenario } from '../clients/scenario-answers.js'
import { buildApp } from '../clients/scenario-app.js'
import type { Serve } from '../clients/every-suite.js'
import { fakeClusters } from '../kit/cluster/fake-cluster.js'
import { serveNodes } from '../kit/cluster/serve-nodes.js'
import { client09 } from '../kit/official-clients.js'

const serve: Serve = async (t, port) => {
  const { io, url, close } = await serveNodes(t, fakeClusters(3), buildApp, port)
  answerScenario(io)
  return { url, close }
}

for (const transport of ['websocket', 'xhr-polling']) {
  exchangeOld(t, { transport, start: async (url) => ofScenario(createScenario(client09, { url, transport })), serve })
}

for (const generation of [1, 2, 3, 4] as const) {
  for (const way of WAYS) exchangeLater(t, { generation, way, start: (url) => startInNode(generation, { url, transports: way.transports }), serve })
}
