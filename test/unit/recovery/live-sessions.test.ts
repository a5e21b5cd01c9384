// How often sessions are saved, on a clock that the test moves.
import { mock } from 'node:test'
import t from 'tap'
import { LiveSessions } from '../../../src/recovery/live-sessions.js'
import type { ServerSocket } from '../../../src/private/recoverable-socket.js'
import type { SavedSession } from '../../../src/private/stream-adapter.js'
import { turns } from '../../kit/waiting.js'

const MINUTE = 60_000
const SESSIONS = 100

const socketOf = (id: string, data: object): ServerSocket => ({
  id, data, recovered: false, conn: { protocol: 4, close () {} }, disconnect () {}, client: { writeToEngine () {} }
})

t.test('with the default options', async (t) => {
  let now = 0
  mock.method(performance, 'now', () => now)
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => {
    mock.timers.reset()
    mock.restoreAll()
  })
  const sockets = new Map<string, ServerSocket>()
  const savedAt = new Map<string, number[]>()
  let marks = 0
  const sessions = new LiveSessions({
    nsp: { name: '/', sockets } as never,
    maxAge: 2 * MINUTE,
    interval: 5000,
    roomsOf: () => new Set(['room']),
    async save ({ pid }: SavedSession) { savedAt.get(pid)?.push(now) },
    async remove () {},
    mark (onRead) {
      marks++
      onRead('1-1')
    },
    onTick () {}
  })
  for (let i = 0; i < SESSIONS; i++) {
    sockets.set(`${i}`, socketOf(`${i}`, { n: 0 }))
    savedAt.set(`${i}`, [])
    sessions.add(socketOf(`${i}`, {}), `${i}`)
  }
  sessions.start()
  const minutes = async (count: number): Promise<void> => {
    for (const end = now + count * MINUTE; now < end;) {
      now += 1000
      mock.timers.tick(1000)
      await turns(2)
    }
  }
  await turns(2)
  t.ok([...savedAt.values()].every((times) => times.length === 1), 'each is saved when it begins')
  t.equal(marks, 0, 'without asking whose they are')

  await minutes(20)
  const commands = [...savedAt.values()].map((times) => times.length - 1)
  const rate = commands.reduce((sum, count) => sum + count, 0) / SESSIONS / 20
  t.comment(`an idle session: ${rate.toFixed(2)} SET a minute; ${marks} marks of the node in 20 minutes`)
  t.ok(rate >= 1.3 && rate <= 2, `${rate} commands a minute`)
  t.ok(marks <= 20 * 15, `${marks} marks`)
  const pauses = [...savedAt.values()].flatMap((times) => times.slice(1).map((time, i) => time - (times[i] ?? 0)))
  t.ok(Math.max(...pauses) <= MINUTE, 'never is a saved session older than half of the time for which it is kept')
  const spread = new Set([...savedAt.values()].map((times) => times.at(-1))).size
  t.ok(spread > 3, 'sessions that began together are not saved together for ever')

  t.test('each interval saves the data that has changed, and no other', async (t) => {
    const before = [...savedAt.values()].map((times) => times.length)
    Object.assign(sockets.get('7')?.data as object, { n: 1 })
    now += 6000
    mock.timers.tick(6000)
    await turns(2)
    const more = [...savedAt.values()].map((times, i) => times.length - (before[i] ?? 0))
    t.equal(more[7], 1)
    t.ok(more.reduce((sum, count) => sum + count) < SESSIONS / 2)
    await sessions.stop()
  })
})
