// The server, in a process of its own so that its heap is measured alone. Started by main.js with its settings as JSON; says where it listens,
// then a sample every few seconds, and whatever a message of main.js asks for.
import { once } from 'node:events'
import { createServer } from 'node:net'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { LogController } from 'fastify'
import { clustersOf } from '../kit/cluster/build-nodes.js'
import { until } from '../kit/cluster/until.js'
import { FACE_COUNT, serveFaces } from './faces.js'
import { mischiefOf } from './faults.js'
import { metricsOf, queuedOf, sample } from './sample.js'

const { every, broadcastEvery, faults = [], listen = { port: 0, host: '127.0.0.1' }, options, nodes = 1 } = JSON.parse(process.argv[2])
const ERROR = 50

const tally = { heard: 0, faults: [], errors: [] }
/** [session id, reason] of those that ended since the last sample. */
let ended = []

/** The log is where the reason of every session stands, and where nothing of level error may. */
function write (line) {
  const { level, msg, sid, reason, err } = JSON.parse(line)
  if (msg === 'session ended') ended.push([sid, reason])
  if (level >= ERROR) tally.errors.push(`${msg}: ${err?.stack}`)
}

const logger = { level: 'debug', stream: { write } }
const tools = (log) => ({ tally, mischief: mischiefOf(faults, () => log) })
const newApp = () => Fastify({ logController: new LogController({ disableRequestLogging: true }), logger })

/** One node. */
async function serveAlone () {
  const app = newApp()
  const served = await serveFaces(app, options, tools(app.log))
  await app.listen({ ...listen, backlog: 4096 })
  return { ...served, port: app.server.address().port ?? 0, close: () => app.close() }
}

/** Several nodes in this process, so that the memory of all of them and of their links is measured. Each connection becomes one of the next node. */
async function serveNodes () {
  const clusters = await clustersOf(nodes, FACE_COUNT)
  const apps = Array.from({ length: nodes }, newApp)
  const served = await Promise.all(apps.map((app, i) => serveFaces(app, options, tools(app.log), clusters[i])))
  await Promise.all(apps.map((app) => app.ready()))
  await until(() => clusters.flat().every((cluster) => cluster.nodes.filter(({ state }) => state === 'serving').length === nodes))
  let turn = 0
  const front = createServer((socket) => { apps[turn++ % nodes].server.emit('connection', socket) }).listen({ ...listen, backlog: 4096 })
  await once(front, 'listening')
  return {
    engines: served.flatMap(({ engines }) => engines),
    rooms: served.flatMap(({ rooms }) => rooms),
    port: front.address().port ?? 0,
    async close () {
      front.close()
      await Promise.all(apps.map((app) => app.close()))
    }
  }
}

const { engines, rooms, port, close } = await (nodes === 1 ? serveAlone() : serveNodes())

function say (more) {
  process.send({ sample: sample(engines), metrics: metricsOf(engines), tally, ended, ...more })
  Object.assign(tally, { faults: [], errors: [] })
  ended = []
}

const sampling = every && setInterval(say, every)
const broadcasting = broadcastEvery && setInterval(() => { for (const room of rooms) room.broadcast('to all '.repeat(10)) }, broadcastEvery)

const SAYINGS = {
  measure: () => say({ measured: true }),
  /** Something is said to all, and what that takes is told. */
  round ({ size, volatile, collect }) {
    const filling = 'x'.repeat(size)
    for (const room of rooms) volatile ? room.broadcastVolatile(filling) : room.broadcast(filling)
    if (collect) globalThis.gc()
    const { heapUsed, external, rss } = process.memoryUsage()
    process.send({ round: { queued: queuedOf(engines), ...collect && { heapUsed, external, rss } }, ended })
    ended = []
  },
  /** All clients are leaving. */
  async finish () {
    clearInterval(broadcasting)
    while (engines.some(({ sessions }) => sessions.size > 0)) await sleep(100)
    clearInterval(sampling)
    say({ empty: true })
  },
  /** All clients have gone. */
  async last () {
    for (let tries = 0; tries < 100 && process.getActiveResourcesInfo().includes('TCPSocketWrap'); tries++) await sleep(100)
    await sleep(500) // what follows a close
    say({ last: true })
    await close()
    process.disconnect()
  }
}

process.on('message', ([name, settings]) => SAYINGS[name](settings))
process.on('disconnect', () => process.exit())
say({ port })
