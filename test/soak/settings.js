// The flags of the soak, and what follows from them for the server and the crowd.
import process from 'node:process'
import { parseArgs } from 'node:util'
import { FAULTS } from './faults.js'

const FLAGS = {
  sessions: { type: 'string', default: '2000' },
  minutes: { type: 'string', default: '10' },
  pace: { type: 'string', default: '1' },
  sample: { type: 'string', default: '5' },
  processes: { type: 'string', default: '1' },
  nodes: { type: 'string', default: '1' },
  seed: { type: 'string', default: String(Date.now() % 1e6) },
  tolerance: { type: 'string', default: '4' },
  fault: { type: 'string', multiple: true, default: [] },
  out: { type: 'string', default: 'soak-report.html' },
  help: { type: 'boolean', default: false }
}

export const USAGE = `npm run soak -- [flags]
  --minutes N     how long clients come and go, fractions allowed (10)
  --sessions N    how many there are at a time (2000); fewer when \`ulimit -n\` does not allow for them: three descriptors each
  --pace N        everything N times as fast: lives, messages, timeouts (1)
  --sample N      seconds between two samples (5)
  --processes N   over how many processes the clients are spread (1)
  --nodes N       over how many nodes: each connection goes to the next one, so with 2 every second request arrives at the wrong one (1)
  --seed N        makes the same choices again
  --tolerance N   MB that the memory held may grow by from the middle third of the run to the last (4)
  --fault NAME    makes the server go wrong, to see that it is noticed: ${Object.keys(FAULTS).join(', ')}; may be given several times
  --out FILE      the report (soak-report.html)`

/** How often the server makes itself heard, ms, before the pace. */
const INTERVALS = { pingInterval: 8000, heartbeatInterval: 8000, pollingDuration: 8000 }
/** How long it waits for its clients, ms: a run of minutes sees these times many times. */
const TIMEOUTS = { pingTimeout: 20_000, heartbeatTimeout: 20_000, closeTimeout: 20_000, handshakeTimeout: 20_000, upgradeTimeout: 20_000, bodyTimeout: 20_000 }
/** No timeout is shorter, whatever the pace: a slow machine is not to look like clients that are gone, ms. */
const SHORTEST_TIMEOUT = 12_000
/** How much longer than the longest timeout anybody waits for what has to come, ms: machines can be slow. */
const SLACK = 10_000
const DESCRIPTORS_EACH = 3
const DESCRIPTORS_BESIDE = 200

function descriptors () {
  const limit = process.report.getReport().userLimits?.open_files.soft
  return limit === undefined || limit === 'unlimited' ? Infinity : Number(limit)
}

/** @throws when a flag is none. */
export function readSettings (args) {
  const { values } = parseArgs({ args, options: FLAGS })
  const number = (name) => {
    const value = Number(values[name])
    if (!(value >= 0)) throw new Error(`--${name} ${values[name]} is no number`)
    return value
  }
  const unknown = values.fault.find((name) => !(name in FAULTS))
  if (unknown !== undefined) throw new Error(`--fault ${unknown} is none of ${Object.keys(FAULTS).join(', ')}`)
  const [asked, minutes, pace, processes] = ['sessions', 'minutes', 'pace', 'processes'].map(number)
  const limit = descriptors()
  const sessions = Math.min(asked, Math.floor((limit - DESCRIPTORS_BESIDE) / DESCRIPTORS_EACH))
  const paced = (times, least) => Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, Math.max(Math.round(ms / pace), least)]))
  const options = { ...paced(INTERVALS, 1), ...paced(TIMEOUTS, SHORTEST_TIMEOUT) }
  return {
    help: values.help,
    out: values.out,
    asked,
    limit,
    sessions,
    minutes,
    pace,
    processes,
    nodes: number('nodes'),
    seed: number('seed'),
    tolerance: number('tolerance') * 1e6,
    faults: values.fault,
    every: number('sample') * 1000,
    patience: options.pingInterval + options.pingTimeout + SLACK,
    broadcastEvery: 5000 / pace,
    ramp: Math.min(20_000 / pace, minutes * 15_000),
    options
  }
}
