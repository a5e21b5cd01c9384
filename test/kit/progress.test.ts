// Whether the limits of the tests see what they are for.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { until, within, withProgress } from './progress.js'
import type { Teardown } from './teardown.js'
import { now, stopwatch } from './stopwatch.js'

const LIMIT = 300
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
const never = (): Promise<never> => new Promise(() => {})

/** Bytes go to and fro. */
async function traffic (t: Teardown): Promise<void> {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.on('data', (data) => setTimeout(() => client.write(data), 5))
  client.write('x')
  t.teardown(() => {
    client.destroy()
    server.close()
  })
}

t.test('where nothing comes, waiting ends, whatever timers do', async (t) => {
  const timer = setInterval(() => {}, 10)
  t.teardown(() => clearInterval(timer))
  await t.rejects(withProgress('answer', never(), LIMIT), { message: `no answer: nothing has come for ${LIMIT} ms` })
  await t.rejects(until(() => false, LIMIT), { message: 'never: () => false' })
})

t.test('where something comes, it goes on', async (t) => {
  await traffic(t)
  await t.resolves(withProgress('answer', pause(4 * LIMIT), LIMIT))
  const passed = stopwatch()
  await t.resolves(until(() => passed() > 4 * LIMIT, LIMIT))
})

t.test('and ends at a limit that is for one thing', async (t) => {
  await traffic(t)
  await t.rejects(within(LIMIT, 'answer', never()), { message: `no answer within ${LIMIT} ms` })
})

t.test('a stopwatch counts what this process does and waits for', async (t) => {
  const [since, passed] = [now(), stopwatch()]
  while (now() - since < LIMIT);
  t.ok(passed() <= now() - since)
  const before = passed()
  await pause(LIMIT)
  t.ok(passed() - before > LIMIT / 2)
})
