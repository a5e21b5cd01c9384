// Starts the server and two devices, one on each transport.
//   npm run example:device
import { readFlags } from '../shared/command.js'
import { startProcess } from '../shared/processes.js'

const { port, host } = readFlags({ about: 'Two simulated devices with the client 0.9, and a page of today that shows and commands them.', command: 'npm run example:device' })

const file = (name) => new URL(name, import.meta.url)
const url = await startProcess('server', file('server.js'), ['--port', String(port), '--host', host])
console.log(`listening on ${url}`)
startProcess('greenhouse', file('device.js'), ['--url', url, '--name', 'greenhouse', '--key', 'a-secret', '--transport', 'websocket'])
startProcess('cellar', file('device.js'), ['--url', url, '--name', 'cellar', '--key', 'b-secret', '--transport', 'xhr-polling'])
