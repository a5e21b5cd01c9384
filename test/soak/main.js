// The soak: thousands of clients of every generation come, talk, vanish and return, and the server is to be as it was. See `--help`.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { chart } from './chart.js'
import { said, start, TYPESCRIPT, within } from './processes.js'
import { Report } from './report.js'
import { readSettings, USAGE } from './settings.js'
import { faultsOf, judge } from './verdict.js'

/** What the flags say; ends here when that is nothing. */
function configure () {
  try {
    const settings = readSettings(process.argv.slice(2))
    if (!settings.help) return settings
    console.log(USAGE)
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`)
    process.exitCode = 2
  }
  process.exit()
}

const settings = configure()
const { sessions, asked, limit, minutes, processes, seed, every, patience } = settings
console.log(`seed ${seed}, ${sessions} sessions at a time for ${minutes} minutes`)
if (sessions < asked) console.log(`${asked} sessions would need \`ulimit -n\` at about ${asked * 3 + 200}; it is ${limit}`)

const report = new Report()
const children = []

/** Starts a process that ends with this one. */
function startChild (file, its, execArgv, onMessage) {
  const child = start(file, its, execArgv).on('message', onMessage)
  children.push(child)
  return child
}

let phase = 'before'
function onServer (message) {
  report.onServer(message, phase)
  console.log(report.line)
}

/** From the first client to the last handle. */
async function soak () {
  const { broadcastEvery, faults, options, pace, ramp, nodes } = settings
  const server = startChild('server.js', { every, broadcastEvery, faults, options, nodes }, ['--expose-gc'], onServer)
  const { port } = await said(server, 'port')
  console.log(`the server listens on 127.0.0.1:${port}`)
  const crowds = Array.from({ length: processes }, (_, i) => {
    const [first, next] = [i, i + 1].map((share) => Math.floor(sessions * share / processes))
    return startChild('clients.js', { port, places: next - first, first, seed, pace, patience, ramp, every }, TYPESCRIPT, (message) => report.onClients(i, message))
  })
  const idle = Promise.all(crowds.map((crowd) => said(crowd, 'idle')))
  idle.catch(() => {})
  await within(ramp + patience, Promise.all(crowds.map((crowd) => said(crowd, 'crowded'))), 'the clients do not come')
  phase = 'run'
  await Promise.race([sleep(minutes * 60_000), idle])
  phase = 'after'
  for (const crowd of crowds) crowd.send('stop')
  await within(4 * patience, idle, 'the clients do not come to an end')
  server.send(['finish'])
  await within(2 * patience, said(server, 'empty'), `the registry does not become empty: ${report.last.sessions} sessions are left`)
  for (const crowd of crowds) crowd.disconnect()
  server.send(['last'])
  await within(patience, said(server, 'last'), 'the server does not come to an end')
  await once(server, 'exit')
}

async function conclude (complaints) {
  // All, since a signal from a terminal reaches them by itself, and one from elsewhere does not.
  const alive = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
  const gone = alive.map((child) => once(child, 'exit'))
  for (const child of alive) child.kill('SIGKILL')
  await Promise.all(gone)
  if (report.samples.length > 0) writeFileSync(settings.out, chart(report, settings, complaints))
  for (const complaint of complaints) console.log(`FAILED: ${complaint}`)
  if (complaints.length === 0) console.log('all is as it was')
  process.exit(complaints.length > 0 ? 1 : 0)
}

let ending
/** The first call says why. */
function end (complaints) {
  ending ??= conclude(complaints)
  return ending
}

for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => end([`${name} has stopped the run`]))
try {
  await soak()
} catch (error) {
  await end([error.message, ...faultsOf(report)])
}
await end(judge(report, settings))
