// The clients since 1.0 in Node: 1.7.4, 2.5.0, 3.1.3 and 4.8. JSONP needs a page.
import t from 'tap'
import { startInNode } from './in-node.js'
import { WAYS, exchangeSuite, restartSuite } from './later-suite.js'

for (const generation of [1, 2, 3, 4] as const) {
  for (const way of WAYS) {
    const options = { generation, way, start: (url: string) => startInNode(generation, { url, transports: way.transports }) }
    exchangeSuite(t, options)
    restartSuite(t, options)
  }
}
