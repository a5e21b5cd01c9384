// Runs one process of a target: node --expose-gc serve.mjs MODULE PORT [NODE LINK_PORT...]. SIGUSR2: collects garbage, then one line about memory. SIGTERM: ends, which
// also writes what --cpu-prof has gathered.
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

const [, , file, port, node, ...linkPorts] = process.argv
const { default: target } = await import(pathToFileURL(path.resolve(file)))

async function collect () {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    await sleep(100)
  }
  process.stdout.write(`MEM ${JSON.stringify(process.memoryUsage())}\n`)
}

process.on('SIGUSR2', collect)
process.on('SIGTERM', () => process.exit(0))
await target.serve(Number(port), { node: Number(node), linkPorts: linkPorts.map(Number) })
