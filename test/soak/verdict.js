// What a soak has shown, as sentences about what is wrong; none when all is well.
import { ROWS } from './transports.js'

const MB = 1e6
/** Whatever the tolerance in bytes, so much of the memory held may come and go with the crowd. */
const SHARE = 0.03
const REASONS = new Set([
  'client left', 'connection closed', 'connection broken', 'ping timeout', 'poll timeout', 'handshake timeout', 'parse error', 'payload too large',
  'too many packets', 'slow client', 'protocol violation', 'closed by server', 'server closing', 'server draining'
])

function median (numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.floor(middle - 0.5)] + sorted[Math.ceil(middle - 0.5)]) / 2
}

const heldBy = ({ heapUsed, external }) => heapUsed + external

/** The memory held in the middle and in the last third of the run, medians; the first one warms up. Bytes. */
export function trend (samples) {
  const third = (number) => samples.slice(Math.floor(samples.length * number / 3), Math.floor(samples.length * (number + 1) / 3))
  return { middle: median(third(1).map(heldBy)), last: median(third(2).map(heldBy)) }
}

/** @param run the samples while the crowd was there, without the one before it and those after */
function * memory (run, tolerance) {
  if (run.length < 6) return yield `the run has ${run.length} samples, too few to see a trend: at least 6 are needed`
  const { middle, last } = trend(run)
  const allowed = tolerance + middle * SHARE
  if (last - middle > allowed) {
    yield `memory grows: ${(middle / MB).toFixed(1)} MB held in the middle third of the run, ${(last / MB).toFixed(1)} MB in the last; ${(allowed / MB).toFixed(1)} MB more would be tolerated`
  }
}

function * leftovers ({ first, last }) {
  if (last.sessions !== 0 || last.clients !== 0) yield `the registry is not empty: ${last.sessions} sessions, ${last.clients} clients`
  if (last.queued !== 0) yield `${last.queued} bytes are queued for nobody`
  for (const [type, count] of Object.entries(last.handles)) {
    const before = first.handles[type] ?? 0
    if (count > before) yield `handles are left over: ${count} of ${type}, ${before} before anybody came`
  }
}

function * endings ({ metrics, missed, unclaimed }) {
  const counted = Object.values(metrics.ended).reduce((sum, count) => sum + count, 0)
  if (counted !== metrics.opened) yield `${metrics.opened} sessions were opened, ${counted} ends are counted`
  for (const reason of Object.keys(metrics.ended)) if (!REASONS.has(reason)) yield `"${reason}" is no reason for an end`
  if (missed.length > 0) yield `${missed.length} sessions have left and were not ended (${missed.slice(0, 5).join(', ')})`
  const strange = unclaimed.filter((reason) => reason !== 'handshake timeout')
  if (strange.length > 0) yield `${strange.length} sessions ended that had not left (${strange.slice(0, 5).join(', ')})`
}

const FAULTS = {
  messages: 'sessions went wrong',
  reasons: 'sessions ended for another reason than theirs',
  log: 'lines of level error in the log'
}

export function * faultsOf ({ faults }) {
  for (const [kind, list] of Object.entries(faults)) if (list.length > 0) yield `${list.length} ${FAULTS[kind]}, the first: ${list[0]}`
}

function * absent ({ rows }) {
  for (const { dialect, name } of ROWS) if (!(`${dialect} ${name}` in rows)) yield `no client spoke ${dialect} ${name}`
}

/** @param report a Report whose last sample was taken when all had gone */
export function judge (report, { tolerance }) {
  const run = report.samples.filter(({ phase }) => phase === 'run')
  return [...faultsOf(report), ...memory(run, tolerance), ...leftovers(report), ...endings(report), ...absent(report)]
}
