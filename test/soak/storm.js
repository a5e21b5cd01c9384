// A storm of broadcasts on a server most of whose clients read nothing, and a few everything. Started by slow-readers.test.ts with its settings
// as JSON; prints what came of it as JSON. The server has a process of its own, and listens on a socket of the file system: what the kernel
// keeps for a connection that is not read is a fifth of a megabyte there, and four on a TCP port, which would have to be filled a thousand times.
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { said, start, within } from './processes.js'
import { generator } from './random.js'
import { newTally, Session } from './session.js'
import { facesOf, ROWS } from './transports.js'

const { socketPath, readers, options, size, rounds, lasting, patience } = JSON.parse(process.argv[2])
/** Times that nobody runs out of, ms. */
const TIMES = { pingInterval: 300_000, heartbeatInterval: 300_000, heartbeatTimeout: 300_000, closeTimeout: 300_000, pollingDuration: 250_000, handshakeTimeout: 60_000 }
const AT_ONCE = 50
/** Memory is looked at in every so many rounds, since a collection of garbage comes before it. */
const COLLECT_EVERY = 5
/** All kinds of clients, in turn. */
const KINDS = ROWS.flatMap((row) => facesOf(row).map((face) => ({ row, face })))

const tally = newTally()
const random = generator(1)
/** Reasons of those that have ended, by session id. */
const ended = new Map()
let errors = []

const server = start('server.js', { every: 0, broadcastEvery: 0, listen: { path: socketPath }, options: { ...TIMES, ...options } }, ['--expose-gc'])
server.on('message', (message) => {
  for (const [sid, reason] of message.ended ?? []) ended.set(sid, reason)
  errors = errors.concat(message.tally?.errors ?? [])
})

async function join ({ row, face }) {
  const session = new Session({ row, face, at: { socketPath }, random, tally })
  await session.open()
  while (row.kind === 'upgrade' && session.link.kind === 'polling') await session.upgrade()
  return session
}

async function gather () {
  const crowd = []
  while (crowd.length < readers) {
    const some = Array.from({ length: Math.min(AT_ONCE, readers - crowd.length) }, (_, i) => KINDS[(crowd.length + i) % KINDS.length])
    crowd.push(...await Promise.all(some.map(join)))
  }
  return crowd
}

const polls = ({ link }) => link.kind === 'polling'
/** Half of those who poll stay away; the other half have a poll open whose answer they do not read. */
const staysAway = (session, i) => polls(session) && i % 2 === 0

function stopReading (session, i) {
  session.leaving = options.slowClient === 'close'
  if (staysAway(session, i)) session.link.rest()
  else session.link.freeze()
}

async function until (condition) {
  while (!condition()) await sleep(5)
}

/** Asks the server for something; resolves with its answer. */
async function ask (name, answer, settings) {
  const answered = said(server, answer)
  server.send([name, settings])
  return await answered
}

/** Rounds, each heard by the bystanders before the next, until the slow ones have been closed or there have been so many. */
async function storm (bystanders, slow) {
  const peak = { heapUsed: 0, external: 0, rss: 0, queued: 0 }
  let number = 0
  let broadcasts = 0
  while (number < rounds && slow.some(({ sid }) => !ended.has(sid))) {
    const volatile = ++number % lasting !== 0
    const collect = number % COLLECT_EVERY === 0
    const { round } = await ask('round', 'round', { size, volatile, collect })
    for (const key of Object.keys(round)) peak[key] = Math.max(peak[key], round[key])
    if (!volatile) broadcasts++
    await within(patience, until(() => bystanders.every(({ broadcast = 0 }) => broadcast === broadcasts)), `broadcast ${broadcasts} has not reached everybody`)
  }
  return { peak, rounds: number, broadcasts }
}

await said(server, 'port')
const bystanders = await Promise.all(KINDS.map(join))
const slow = await gather()
slow.forEach(stopReading)
const unread = slow.filter((session, i) => !staysAway(session, i))
const readBefore = unread.map(({ link }) => link.bytesRead)
const { sample: before } = await ask('measure', 'measured')
const { peak, ...course } = await storm(bystanders, slow)
const mostRead = Math.max(...unread.map(({ link }, i) => link.bytesRead - readBefore[i]))
const left = slow.filter(({ sid }) => !ended.has(sid))
for (const { link } of left) link.thaw()
await within(patience, until(() => left.every(({ broadcast }) => broadcast === course.broadcasts)), 'those who read again do not hear what they have missed')
const { sample: after, metrics } = await ask('measure', 'measured')

console.log(JSON.stringify({
  ...course, // rounds, broadcasts
  sessions: before.sessions,
  memory: { before, peak, after }, // bytes
  mostRead, // bytes, by one that reads nothing: what Node takes before it stops
  left: left.length,
  heard: tally.broadcasts,
  ended: metrics.ended,
  dropped: metrics.dropped,
  faults: tally.faults,
  errors
}))
process.exit()
