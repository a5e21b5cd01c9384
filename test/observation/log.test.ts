// The log of a stranger's server, read as bytes from a process of its own: default options, real clients of every generation, a flood of refusals.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { connectOfficial, GENERATIONS, hear } from '../kit/official-clients.js'
import { fetchText } from '../kit/request.js'
import type { LogLine } from '../kit/servers/app.js'
import { speakWith } from '../kit/servers/process.js'
import type { Teardown } from '../kit/teardown.js'
import { until } from '../kit/waiting.js'

/** A server whose stdout is read. */
async function start (t: Teardown, options: SocketioTransportsOptions = {}) {
  const child = fork(fileURLToPath(new URL('stranger.ts', import.meta.url)), [JSON.stringify(options)], { silent: true, execArgv: process.execArgv })
  let output = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => { output += text })
  child.stderr?.pipe(process.stderr)
  const server = speakWith(t, child)
  const url = `http://127.0.0.1:${await server.told<number>()}`
  const lines = (): LogLine[] => output.split('\n').slice(0, -1).map((line) => JSON.parse(line) as LogLine)
  return { url, child, lines, output: () => output }
}

const said = (lines: readonly LogLine[], msg: string | RegExp): LogLine[] => lines.filter((line) => typeof msg === 'string' ? line.msg === msg : msg.test(line.msg))

/** One client that polls, says something, and leaves. Returns its session id. */
async function visit (generation: typeof GENERATIONS[number], url: string, transports: readonly string[]): Promise<string> {
  const client = connectOfficial(generation, url, transports)
  const heard = hear(client, 'said')
  await hear(client, 'connect')()
  client.emit('say', 'hello')
  await heard()
  const { io: manager, socket: old }: { io?: { engine: { id: string } }, socket?: { sessionid: string } } = Object(client)
  const sid = manager?.engine.id ?? old?.sessionid ?? ''
  client.disconnect()
  return sid
}

t.test('default options', async (t) => {
  const { url, lines, output } = await start(t)
  /** The lines of one session. */
  const of = (sid: string): LogLine[] => lines().filter((line) => line['sid'] === `${sid.slice(0, 8)}…`)

  for (const generation of GENERATIONS) {
    await t.test(`a client ${generation}: one line at its begin, one at its end, and its id nowhere`, async (t) => {
      const before = said(lines(), 'incoming request').length
      const sid = await visit(generation, url, ['polling'])
      t.ok(sid.length >= 20, sid)
      await until(() => said(of(sid), 'session ended').length > 0)
      t.strictSame(of(sid).map(({ level, msg }) => [level, msg]), [[30, 'session opened'], [30, 'session ended']], 'one field follows one session')
      const [open, end] = of(sid)
      t.match(open, { transport: generation === 0.9 ? 'xhr-polling' : 'polling', address: '127.0.0.1' })
      t.equal(end?.['reason'], 'client left')
      for (const field of ['seconds', 'packetsIn', 'packetsOut', 'bytesIn', 'bytesOut']) t.ok(Number(end?.[field]) > 0, field)
      t.ok(said(lines(), 'incoming request').length > before + 2)
      t.notMatch(output(), new RegExp(sid))
      t.match(output(), new RegExp(`"url":"/socket.io/[^"]*${sid.slice(0, 8)}…`), 'the beginning of the id is in URLs')
    })
  }

  for (const generation of [2, 4] as const) {
    await t.test(`a client ${generation} that upgrades: one line when it moves`, async (t) => {
      const before = said(lines(), 'session moved').length
      const client = connectOfficial(generation, url, ['polling', 'websocket'])
      t.teardown(() => client.disconnect())
      await until(() => said(lines(), 'session moved').length > before)
      const moved = said(lines(), 'session moved').at(-1)
      t.match(moved, { level: 30, from: 'polling', to: 'websocket' })
      client.disconnect()
      const own = (): LogLine[] => of(String(moved?.['sid']))
      await until(() => said(own(), 'session ended').length > 0)
      t.strictSame(own().map(({ msg }) => msg), ['session opened', 'session moved', 'session ended'])
      t.notMatch(output(), /sid=[\w-]{9,}/)
    })
  }

  await t.test('a refusal is one line that says what to do', async (t) => {
    for (const path of ['?EIO=4&transport=polling&sid=of-another-node-1', '1/xhr-polling/of-another-node-2']) await fetchText(`${url}/socket.io/${path}`)
    await until(() => said(lines(), /^refused/).length === 2)
    t.match(said(lines(), /^refused/), [
      { level: 30, reason: 'unknown session', sid: 'of-anoth…', detail: /several processes need the option "cluster", or sticky sessions/, answer: /Session ID unknown/, msg: 'refused: unknown session; what to do: docs/refusals.md#unknown-session' },
      { level: 30, reason: 'unknown session', sid: 'of-anoth…', detail: /several processes/, answer: '7:::1+0', msg: 'refused: unknown session; what to do: docs/refusals.md#unknown-session' }
    ])
    t.notMatch(output(), /of-another-node/)
  })
})

t.test('logSessionIds: whole', async (t) => {
  const { url, lines, output } = await start(t, { logSessionIds: 'whole' })
  const sid = await visit(4, url, ['polling'])
  await until(() => said(lines(), 'session ended').length > 0)
  t.match(said(lines(), /^session/).map((line) => line['sid']), [sid, sid])
  t.match(output(), new RegExp(`sid=${sid}`))
})

t.test('logRequests: false writes no line for a poll, a POST or a handshake, but begin, end and refusals', async (t) => {
  const { url, lines } = await start(t, { logRequests: false })
  for (const generation of GENERATIONS) await visit(generation, url, ['polling'])
  await fetchText(`${url}/socket.io/?EIO=4&transport=polling&sid=nobody`)
  await fetchText(`${url}/socket.io/?EIO=4&transport=nothing`)
  await until(() => said(lines(), 'session ended').length === GENERATIONS.length && said(lines(), /^refused/).length === 2)
  t.strictSame(said(lines(), /request/), [])
  t.equal(said(lines(), 'session opened').length, GENERATIONS.length)
  t.match(said(lines(), /^refused/), [{ level: 30, reason: 'unknown session', reqId: /^req-/ }, { level: 40, reason: 'unknown transport', reqId: /^req-/ }])
})

t.test('a flood of refusals is a hundred lines, then a few a second, and one with the number of the others', async (t) => {
  const { url, child, lines } = await start(t, { logRequests: false })
  const COUNT = 600
  const started = performance.now()
  for (let sent = 0; sent < COUNT; sent += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, i) => fetchText(`${url}/socket.io/?EIO=4&transport=${i % 2 === 0 ? 'nothing' : `polling&sid=${sent}`}`)))
  }
  child.disconnect()
  await once(child, 'exit')
  const seconds = Math.ceil((performance.now() - started) / 1000) + 1
  const refusals = said(lines(), /^refused/)
  const more = said(lines(), /^\d+ more refusals in the last second$/)
  t.ok(refusals.length <= 2 * (100 + 5 * seconds), `${refusals.length} lines in ${seconds} seconds`)
  t.ok(refusals.length >= 200, 'each reason has its own lines')
  t.ok(more.length >= 1 && more.length <= seconds)
  const counted = (reason: string): number =>
    more.reduce((sum, { reasons }) => sum + Number(Object(reasons)[reason] ?? 0), refusals.filter((line) => line['reason'] === reason).length)
  t.strictSame([counted('unknown transport'), counted('unknown session')], [COUNT / 2, COUNT / 2], 'none is lost')
  t.match(more[0], { level: 40 })
})
