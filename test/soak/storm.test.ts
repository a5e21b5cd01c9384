// A thousand clients of every generation that read nothing, under a storm of broadcasts: the server's memory stays within its limits, and those
// who do read miss nothing.
import { execFile } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import type { Test } from 'tap'

const STORM = fileURLToPath(new URL('storm.js', import.meta.url))
const READERS = 1000
const SIZE = 8000
const KIB = 1024
/** The server has three registrations, each with a limit of its own. */
const PATHS = 3
/** What a session may hold beside its queue: a WebSocket counts as backed up above 64 KiB only, others sooner; and what a session is by itself. */
const BESIDE = 32 * KIB
/** By how much the process may be larger than what is alive in it: garbage. */
const GARBAGE = 64 * KIB * KIB

interface Memory { heapUsed: number, external: number, rss: number, queued: number }
interface Outcome {
  rounds: number
  broadcasts: number
  sessions: number
  memory: { before: Memory, peak: Memory, after: Memory }
  mostRead: number
  left: number
  heard: number
  ended: Record<string, number>
  dropped: number
  faults: string[]
  errors: string[]
}

const alive = ({ heapUsed, external }: Memory): number => heapUsed + external

interface Storm { options: { maxQueueBytes: number, maxTotalQueueBytes: number, slowClient: 'close' | 'drop' }, rounds: number, lasting: number }

/** @throws with what the storm has printed when it was not survived: a broadcast did not reach a client that reads. */
async function weather (storm: Storm): Promise<Outcome> {
  const socketPath = join(tmpdir(), `storm-${process.pid}-${storm.options.slowClient}.sock`)
  const settings = { socketPath, readers: READERS, size: SIZE, patience: 30_000, ...storm }
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, STORM, JSON.stringify(settings)])
  return JSON.parse(stdout) as Outcome
}

function staysWithin (t: Test, { sessions, rounds, memory: { before, peak } }: Outcome, { options: { maxTotalQueueBytes } }: Storm): void {
  const limit = PATHS * maxTotalQueueBytes
  const allowed = limit + sessions * BESIDE
  t.ok(rounds * sessions * SIZE > 3 * allowed, 'far more is said than may be kept')
  t.ok(peak.queued <= allowed, 'what waits, with the answers that are under way', { peak, allowed })
  t.ok(alive(peak) - alive(before) < allowed, 'what is alive in the process', { before, peak, allowed })
  t.ok(peak.rss - before.rss < allowed + GARBAGE, 'the process', { before, peak, allowed })
}

t.jobs = 2

t.test('slow clients are closed, and the others hear every broadcast', async (t) => {
  const storm: Storm = { options: { maxQueueBytes: 128 * KIB, maxTotalQueueBytes: 8192 * KIB, slowClient: 'close' }, rounds: 200, lasting: 1 }
  const outcome = await weather(storm)
  staysWithin(t, outcome, storm)
  t.strictSame(outcome.ended, { 'slow client': READERS })
  t.strictSame([outcome.left, outcome.dropped, outcome.faults, outcome.errors], [0, 0, [], []])
  t.ok(outcome.heard >= outcome.broadcasts * (outcome.sessions - READERS))
  t.ok(outcome.mostRead < 2 * 64 * KIB, 'they have read nothing', { mostRead: outcome.mostRead })
  t.ok(alive(outcome.memory.after) < alive(outcome.memory.before), 'nothing of them is kept')
})

t.test('slow clients lose what is volatile, and nothing else once they read again', async (t) => {
  const storm: Storm = { options: { maxQueueBytes: 128 * KIB, maxTotalQueueBytes: 32_768 * KIB, slowClient: 'drop' }, rounds: 75, lasting: 25 }
  const outcome = await weather(storm)
  staysWithin(t, outcome, storm)
  t.strictSame([outcome.left, outcome.ended, outcome.faults, outcome.errors], [READERS, {}, [], []])
  t.equal(outcome.heard, outcome.broadcasts * outcome.sessions, 'what is not volatile has reached everybody, in order')
  t.ok(outcome.dropped > READERS, 'volatile packets were dropped', { dropped: outcome.dropped })
  t.ok(outcome.mostRead < 2 * 64 * KIB, 'they have read nothing', { mostRead: outcome.mostRead })
  t.ok(outcome.memory.after.queued === 0, 'nothing waits any more')
})
