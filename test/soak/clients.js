// The crowd, in a process of its own: so many places, each taken by one session after another. Started by main.js with its settings as JSON;
// tells it now and then what has been done.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENDINGS, endingOf } from './endings.js'
import { generator, pick, waiting } from './random.js'
import { newTally, Session } from './session.js'
import { stray } from './strays.js'
import { facesOf, ROWS } from './transports.js'

const { port, places, first, seed, pace, patience, ramp, every } = JSON.parse(process.argv[2])
/** Source addresses: each has ports of its own, and connections that its clients share. */
const addresses = Math.ceil(places / 250)
/** ms, before the pace */
const MEAN = { life: 20_000, message: 5000, pause: 1500 }

const tally = newTally()
/** [session id, ending, the reasons that fit] of those that have left since the last report. */
let left = []
let present = 0
/** Places that have not had their first session yet. */
let empty = places
const asked = { stop: false }
/** Those who sleep until it is time for something, or to leave. */
const sleepers = new Set()

function nap (ms) {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer)
      sleepers.delete(wake)
      resolve()
    }
    const timer = setTimeout(wake, ms)
    sleepers.add(wake)
  })
}

const time = (random, name) => waiting(random, MEAN[name] / pace)

/** Resolves to whether the session is still there. */
async function talk (session, random, until) {
  while (performance.now() < until && !asked.stop) {
    session.say(random() < 0.1 ? 1 + Math.floor(random() * 20) : 1)
    if (session.row.kind === 'upgrade' && session.link.kind === 'polling' && random() < 0.5) await Promise.race([session.upgrade(), session.over])
    const over = await Promise.race([session.over.then(() => true), nap(time(random, 'message'))])
    if (over === true) return false
  }
  return true
}

async function leave (session, random) {
  if (asked.stop) await sleep(random() * ramp) // not all at once
  const name = endingOf(session, random)
  const { polite, act, reasons } = ENDINGS[name]
  if (!polite && random() < 0.5) session.say(1 + Math.floor(random() * 3)) // and vanishes in the middle of something
  if (polite && !await session.drained(patience)) return session.abandon()
  left.push([session.sid, name, reasons(session)])
  await Promise.race([act(session, { random, patience }), session.over])
}

/** The crowd is complete: from now on it only changes. */
function filled () {
  if (--empty === 0) report({ crowded: true })
}

async function oneSession (place, random) {
  const row = pick(random, ROWS)
  const at = { host: '127.0.0.1', port, localAddress: `127.0.0.${2 + place % addresses}` }
  const session = new Session({ row, face: pick(random, facesOf(row)), at, random, tally })
  present++
  try {
    await session.open()
    // A tenth stays to the end.
    const until = place % 10 === 0 ? Infinity : performance.now() + time(random, 'life')
    if (await talk(session, random, until)) await leave(session, random)
  } catch (error) {
    session.fault(error.stack)
    session.abandon()
  }
  present--
}

async function take (place) {
  const random = generator(seed * 1e6 + place)
  await sleep(random() * ramp)
  filled()
  while (!asked.stop) {
    await oneSession(place, random)
    if (random() < 0.05) stray({ port, random, patience })
    await nap(time(random, 'pause'))
  }
}

const delay = monitorEventLoopDelay({ resolution: 10 })
delay.enable()

function report (more) {
  process.send({ tally, present, left, late: delay.max / 1e6, cpu: process.cpuUsage(), ...more })
  delay.reset()
  tally.faults = []
  left = []
}

process.on('message', () => {
  asked.stop = true
  for (const wake of sleepers) wake()
})
process.on('disconnect', () => process.exit())
setInterval(report, Math.min(1000, every / 2))
await Promise.all(Array.from({ length: places }, (_, i) => take(first + i)))
report({ idle: true })
