// What the applications of the published suites have in common.
import process from 'node:process'
import { readFlags } from '../../../examples/shared/command.js'
import { buildNodes } from '../../kit/cluster/build-nodes.js'

export const flags = readFlags({
  about: 'An application for the published suites of the protocols.',
  command: `npm run ${process.env['npm_lifecycle_event'] ?? 'suite-app'}`,
  flags: {
    config: { value: 'JSON', default: '{}', help: 'options of the plugin' },
    nodes: { value: 'N', default: '1', help: 'nodes behind the port, each connection goes to the next one' }
  }
})

/** Every transport of every dialect, and pages of any origin. The options of the command line come last. */
export const OPTIONS = {
  transports: ['polling', 'websocket', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling'],
  cors: { origin: true },
  drainTimeout: 5000,
  ...JSON.parse(flags.rest['config'] ?? '{}')
}

/** Builds the application, or several nodes of it. */
export const buildFront = (build) => flags.rest['nodes'] === '1' ? build() : buildNodes(build, Number(flags.rest['nodes']))
