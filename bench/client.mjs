// The load of one sample, in a process of its own: takes one job over IPC, answers with one result.
import { compare } from './metrics/compare.mjs'
import { memory } from './metrics/memory.mjs'
import { scaleFanOut } from './metrics/scale-fan-out.mjs'
import { scaleSessions } from './metrics/scale-sessions.mjs'
import { sessions } from './metrics/sessions.mjs'
import { storm } from './metrics/storm.mjs'

const JOBS = { compare, memory, storm, sessions, scaleSessions, scaleFanOut }

const answer = (message, code) => process.send(message, () => process.exit(code))
const fail = (error) => answer({ error: String(error?.stack ?? error) }, 1)

process.on('uncaughtException', fail)
process.on('disconnect', () => process.exit(1))

/** Who waits for what a process says of its memory, by its id. */
const waiting = new Map()

/** Has a process of a server collect its garbage; resolves to what it says of its memory. */
function collect (pid) {
  process.send({ collect: pid })
  return new Promise((resolve) => waiting.set(pid, resolve))
}

/** Who begins when it is the turn of this client. */
let begin

/** Runs a step when no other client of the sample runs one. */
async function inTurn (step) {
  const turn = new Promise((resolve) => { begin = resolve })
  process.send({ turn: 'take' })
  await turn
  const result = await step()
  process.send({ turn: 'give back' })
  return result
}

/** The dialect of a side, and what its sessions share. */
async function prepare ({ dialect: name, options, port, home, pids }, { localAddresses, message }) {
  const dialect = await import(`./dialects/${name}.mjs`)
  const addressOf = (port) => ({ host: '127.0.0.1', port, localAddresses })
  const address = { ...addressOf(port), home: home === undefined ? undefined : addressOf(home) }
  const context = { address, options: { ...dialect.defaults, message, ...options } }
  dialect.prepare(context)
  return { dialect, context, pids }
}

async function work ({ job, sides, settings }) {
  try {
    const prepared = await Promise.all(sides.map((side) => prepare(side, settings)))
    answer({ result: await JOBS[job](prepared, settings, { collect, inTurn }) }, 0)
  } catch (error) {
    fail(error)
  }
}

process.on('message', (message) => {
  if (message.job !== undefined) work(message)
  else if (message.turn !== undefined) begin()
  else waiting.get(message.pid)(message.usage)
})
