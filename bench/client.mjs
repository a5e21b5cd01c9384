// The load of one sample, in a process of its own: takes one job over IPC, answers with one result.
import { compare } from './metrics/compare.mjs'
import { memory } from './metrics/memory.mjs'
import { scaleFanOut } from './metrics/scale-fan-out.mjs'
import { scaleSessions } from './metrics/scale-sessions.mjs'

const JOBS = { compare, memory, scaleSessions, scaleFanOut }

const answer = (message, code) => process.send(message, () => process.exit(code))
const fail = (error) => answer({ error: String(error?.stack ?? error) }, 1)

process.on('uncaughtException', fail)
process.on('disconnect', () => process.exit(1))

/** Who waits for what a server says of its memory, by side. */
const waiting = new Map()

/** Has the server of that side collect its garbage; resolves to what it says of its memory. */
function collect (side) {
  process.send({ collect: side })
  return new Promise((resolve) => waiting.set(side, resolve))
}

/** The dialect of a side, and what its sessions share. */
async function prepare ({ dialect: name, options, port, pid }, { localAddresses, message }) {
  const dialect = await import(`./dialects/${name}.mjs`)
  const context = { address: { host: '127.0.0.1', port, localAddresses }, options: { ...dialect.defaults, message, ...options } }
  dialect.prepare(context)
  return { dialect, context, pid }
}

async function work ({ job, sides, settings }) {
  try {
    const prepared = await Promise.all(sides.map((side) => prepare(side, settings)))
    answer({ result: await JOBS[job](prepared, settings, collect) }, 0)
  } catch (error) {
    fail(error)
  }
}

process.on('message', (message) => {
  if (message.usage === undefined) work(message)
  else waiting.get(message.side)(message.usage)
})
