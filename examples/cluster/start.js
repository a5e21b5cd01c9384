// Three nodes, a Redis if REDIS_URL names none, and a proxy in front that sends each request to the next node. A node that ends is started again.
//   npm run cluster-demo
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { readFlags, run } from '../shared/command.js'
import { redisFor } from '../shared/redis.js'
import { createProxy } from './proxy.js'

const COMMAND = 'npm run cluster-demo'
const flags = readFlags({
  about: 'Clients of every generation on three nodes, behind a proxy that sends each request to the next node.',
  command: COMMAND,
  flags: { every: { value: 'S', default: '10', help: 'seconds between two reports' } }
})
const env = { ...process.env, REDIS_URL: await redisFor(COMMAND), REDIS_KEY: `cluster-demo-${process.pid}`, SECRET: randomBytes(32).toString('hex') }

/** Pause before a node that has ended is started again, ms. */
const PAUSE = 3000

/** @typedef {{ tag: string, sessions: number, nodes: number, requests: number, forwarded: number }} Report */
/** @type {{ name: string, child: import('node:child_process').ChildProcess | undefined, port: number, report: Report | undefined }[]} */
const all = ['node 1', 'node 2', 'node 3'].map((name) => ({ name, child: undefined, port: 0, report: undefined }))
let isEnding = false

async function start (node) {
  const child = fork(fileURLToPath(new URL('node.js', import.meta.url)), ['--port', '0'], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  node.child = child
  child.on('message', (report) => { node.report = report })
  child.once('exit', (_code, signal) => {
    node.child = undefined
    node.report = undefined
    if (isEnding) return
    console.log(`${node.name} has ended${signal ? ` by ${signal}` : ''}; its clients connect again, to the others`)
    setTimeout(() => start(node).then(() => console.log(`${node.name} is back, as process ${node.child?.pid}: a new node, with a new tag`)), PAUSE).unref()
  })
  const [line] = await once(createInterface(child.stdout), 'line')
  node.port = Number(new URL(String(line).replace('listening on ', '')).port)
}

console.log('starting three nodes …')
await Promise.all(all.map(start))

let turn = 0
const proxy = createProxy(() => {
  const alive = all.filter(({ child }) => child !== undefined)
  return alive[turn++ % alive.length]?.port ?? 0
})

/** Asks the nodes, and writes a line for each. */
async function report () {
  const before = new Map(all.map(({ name, report }) => [name, report]))
  for (const { child } of all) child?.send('report')
  await new Promise((resolve) => { setTimeout(resolve, 200) })
  const lines = all.flatMap(({ name, report, child }) => {
    if (report === undefined) return []
    const requests = report.requests - (before.get(name)?.requests ?? 0)
    const forwarded = report.forwarded - (before.get(name)?.forwarded ?? 0)
    return `  ${name}, process ${child?.pid}, tag ${report.tag}: ${report.sessions} sessions; ${requests} requests, ${forwarded} of them for sessions of other nodes; sees ${report.nodes} nodes`
  })
  console.log(['', ...lines].join('\n'))
}

/** What the shared code for one server needs of this front: a proxy that listens, and all nodes that end. */
const front = {
  /** @param {{ port: number, host: string }} at */
  async listen ({ port, host }) {
    proxy.listen(port, host)
    await once(proxy, 'listening')
    const url = `http://${host}:${Object(proxy.address()).port}`
    process.nextTick(() => {
      console.log(`
Open ${url}: clients of every generation, over each of their transports. Each of their requests goes to the next node.
What to look at:
  - the page: all of them connect, and each message reaches all. With three nodes, two of three requests arrive at a node without their session.
  - kill -9 ${all[1]?.child?.pid}          (node 2): its clients are back within 5 seconds, the others notice nothing
  - kill ${all[1]?.child?.pid}             (node 2 drains): its clients are told to connect again, one by one
  - curl ${url}/ready   what one node sees of the others
`)
      report().catch(console.error)
      setInterval(() => { report().catch(console.error) }, Number(flags.rest['every']) * 1000).unref()
    })
    return url
  },
  async close () {
    isEnding = true
    proxy.close()
    const running = all.flatMap(({ child }) => child === undefined ? [] : [child])
    for (const child of running) child.kill()
    await Promise.all(running.map((child) => once(child, 'exit')))
  }
}
await run(/** @type {import('fastify').FastifyInstance} */ (/** @type {unknown} */ (front)), flags)
