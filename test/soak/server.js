// The server, in a process of its own so that its heap is measured alone. Started by main.js with its settings as JSON; says where it listens,
// then a sample every few seconds, and whatever a message of main.js asks for.
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { LogController } from 'fastify'
import { serveFaces } from './faces.js'
import { mischiefOf } from './faults.js'
import { metricsOf, queuedOf, sample } from './sample.js'

const { every, broadcastEvery, faults = [], listen = { port: 0, host: '127.0.0.1' }, options } = JSON.parse(process.argv[2])
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

const app = Fastify({ logController: new LogController({ disableRequestLogging: true }), logger: { level: 'debug', stream: { write } } })
const { engines, rooms } = await serveFaces(app, options, { tally, mischief: mischiefOf(faults, () => app.log) })
await app.listen({ ...listen, backlog: 4096 })

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
    await app.close()
    process.disconnect()
  }
}

process.on('message', ([name, settings]) => SAYINGS[name](settings))
process.on('disconnect', () => process.exit())
say({ port: app.server.address().port ?? 0 })
