// What the inspector says of sessions, what it keeps, and what it costs when nobody looks.
import { EventEmitter } from 'node:events'
import { mock } from 'node:test'
import t from 'tap'
import { channels } from '../../src/observation/channels.js'
import type { Engine } from '../../types/engine.js'
import { connectEngine } from '../kit/engine-io/inject.js'
import { ENGINE_3, ENGINE_4 } from '../kit/engine-io/payload.js'
import { captureLog, pluginApp } from '../kit/servers/app.js'
import { stopwatch } from '../kit/stopwatch.js'
import { connectPolling, poll as poll1, post as post1 } from '../kit/revision-1/inject.js'
import inspector from '../../src/inspector.js'
import { get, holdTimeouts, inspectedApp, post, read } from './looking.js'
import type { Opened, Page } from './looking.js'

interface Overview { metrics: { sessions: Record<string, Record<string, number>> }, refusals: Record<string, object[]>, happenings: Array<{ type: string, reason?: string }> }

const subscribed = (): string[] => Object.entries(channels).filter(([, { hasSubscribers }]) => hasSubscribers).map(([name]) => name)

t.test('nothing is observed but refusals until somebody looks, and when nobody looks any more', async (t) => {
  const letTimePass = holdTimeouts(t, 5000, 10_000)
  const app = await inspectedApp(t)
  const { socket } = await connectEngine(app, ENGINE_4)
  t.same(subscribed(), ['refused'])
  await read(app, 'data/overview')
  t.same(subscribed(), ['open', 'move', 'end', 'refused'], 'no packet is observed for the overview')
  const { rows: [row] } = await read<Page>(app, 'data/sessions')
  await read(app, `data/sessions/${row?.handle}`)
  t.same(subscribed(), ['open', 'move', 'end', 'refused', 'packet', 'request'])
  letTimePass()
  t.same(subscribed(), ['refused'], 'the pages have left')
  socket.close()
  t.same((await read<Opened>(app, `data/sessions/${row?.handle}`)).entries, [], 'what was captured is gone, and what happened meanwhile was not captured')
  await app.close()
  t.same(subscribed(), [], 'nothing stays when the app has closed')
})

t.test('counts sessions, and lists them newest first', async (t) => {
  const app = await inspectedApp(t, { plugin: { authorize: ({ url }) => ({ user: `${new URL(String(url), 'http://a').searchParams.get('name')}` }) } })
  await connectEngine(app, ENGINE_3, '&name=Ada')
  await connectEngine(app, ENGINE_4, '&name=Grace')
  await connectPolling(app, '/socket.io', '?name=Konrad')
  const { metrics } = await read<Overview>(app, 'data/overview')
  t.same(metrics.sessions, { 'engine 3': { polling: 1 }, 'engine 4': { polling: 1 }, 'revision 1': { 'xhr-polling': 1 } })

  const users = async (query: string): Promise<string[]> => (await read<Page>(app, `data/sessions?${query}`)).rows.map(({ user }) => user)
  t.same(await users(''), ['Konrad', 'Grace', 'Ada'])
  t.same(await users('sort=oldest'), ['Ada', 'Grace', 'Konrad'])
  t.same(await users('sort=traffic').then((found) => found.sort()), ['Ada', 'Grace', 'Konrad'])
  t.same(await users('sort=constructor'), ['Konrad', 'Grace', 'Ada'], 'an unknown order is none')
  t.same(await users('dialect=engine+3'), ['Ada'])
  t.same(await users('transport=xhr-polling'), ['Konrad'])
  t.same(await users('search=gRAC'), ['Grace'])
  t.same(await users('search=127.0.0'), ['Konrad', 'Grace', 'Ada'])
  t.same(await users('search=nobody'), [])
  const [sid = ''] = app.socketio.sessions.keys()
  t.same(await users(`search=${encodeURIComponent(sid.slice(0, 8))}`), ['Ada'], 'by the begin of the id')
  t.same(await users(`search=${encodeURIComponent(`${sid.slice(0, 8)}…`)}`), ['Ada'], 'as a log line shows it')
})

t.test('pages are never out of range', async (t) => {
  const app = await inspectedApp(t)
  for (let i = 0; i < 30; i++) await connectEngine(app, ENGINE_4)
  for (const [page, expected, rows] of [['0', 0, 25], ['1', 1, 5], ['99', 1, 5], ['-1', 0, 25], ['NaN', 0, 25], ['1e400', 0, 5], ['0.5', 0, 25]] as const) {
    const answer = await read<Page>(app, `data/sessions?page=${page}`)
    t.equal(answer.page, page === '1e400' ? 1 : expected, page)
    t.equal(answer.rows.length, rows, page)
  }
})

t.test('no answer holds an id, with which others could use the session', async (t) => {
  const app = await inspectedApp(t)
  const clients = [await connectEngine(app, ENGINE_3), await connectEngine(app, ENGINE_4)]
  const old = await connectPolling(app)
  const ids = [...clients.map(({ sid }) => sid), old]
  await read(app, 'data/overview')
  const { rows } = await read<Page>(app, 'data/sessions')
  for (const { handle } of rows) await read(app, `data/sessions/${handle}`)
  for (const { sid, socket, send, poll } of clients) {
    await send(`42["i am","${sid}"]`)
    socket.write(`you are ${sid}`)
    await poll()
  }
  await post1(app, old, `3:::i am ${old}`)
  app.socketio.sessions.get(old)?.send({ type: 'message', data: `you are ${old}` })
  await poll1(app, old)
  await app.inject(`/socket.io/?EIO=4&transport=polling&sid=${clients[0]?.sid}`) // the wrong version: refused
  await app.inject(`/socket.io/?EIO=4&transport=polling&sid=${'x'.repeat(20)}`)
  clients[1]?.socket.close()
  const told = [(await get(app, 'data/overview')).body, (await get(app, 'data/sessions')).body]
  for (const { handle } of rows) told.push((await get(app, `data/sessions/${handle}`)).body)
  const all = told.join('\n')
  t.match(all, /you are .+ i am |i am .+you are /s, 'the frames are there')
  for (const id of ids) {
    t.notOk(all.includes(id), `${id} is not told`)
    t.ok(all.includes(`${id.slice(0, 8)}…`), 'its begin is')
  }
  t.notOk(all.includes('x'.repeat(20)), 'nor an id that is unknown here, and may be known elsewhere')
})

t.test('a timeline has requests, frames, heartbeats and the end, in their order', async (t) => {
  const app = await inspectedApp(t)
  const { url, socket, send } = await connectEngine(app, ENGINE_4)
  const { rows: [row] } = await read<Page>(app, 'data/sessions')
  await read(app, `data/sessions/${row?.handle}`)
  await send('42["hello"]', '3')
  socket.write('a message')
  await app.inject(url)
  socket.close()
  await app.inject(url)
  const { entries, state } = await read<Opened>(app, `data/sessions/${row?.handle}`)
  t.same(entries.map(({ type, direction, text, kind }) => [type, direction ?? kind, text].filter(Boolean)), [
    ['request', 'post'], ['frame', 'in', '42["hello"]'], ['frame', 'in', '3'],
    ['request', 'poll'], ['frame', 'out', '4a message'],
    ['request', 'poll'], ['frame', 'out', '1'], ['end']
  ])
  t.equal(entries.at(-1)?.reason, 'closed by server')
  t.equal(state, 'closed')
  t.same((await read<Opened>(app, `data/sessions/${row?.handle}?after=${entries.at(-2)?.n}`)).entries.map(({ type }) => type), ['end'], 'only what is new')
})

t.test('a timeline is bounded in entries and bytes', async (t) => {
  const app = await inspectedApp(t, { plugin: { maxPacketsPerSecond: 100_000 } })
  const sid = await connectPolling(app)
  const { rows: [row] } = await read<Page>(app, 'data/sessions')
  await read(app, `data/sessions/${row?.handle}`)
  for (let i = 0; i < 600; i++) await post1(app, sid, `3:::${i}`)
  const many = await read<Opened>(app, `data/sessions/${row?.handle}`)
  t.equal(many.entries.length, 500)
  t.equal(many.dropped, 700)
  t.equal(many.entries.at(-1)?.text, '3:::599', 'the newest stay')
  for (let i = 0; i < 300; i++) await post1(app, sid, `3:::${'é'.repeat(10_000)}`)
  const { entries } = await read<Opened>(app, `data/sessions/${row?.handle}`)
  const texts = entries.flatMap(({ text }) => text ?? [])
  t.ok(texts.every((text) => text.length <= 512))
  t.ok(texts.join('').length * 2 <= 128 * 1024, `${texts.join('').length} characters`)
  t.equal(entries.at(-1)?.bytes, 20_004, 'the size is that of the whole frame, in UTF-8')
})

t.test('a timeline that was left and is opened again goes on behind its last entry', async (t) => {
  const letTimePass = holdTimeouts(t, 5000)
  const app = await inspectedApp(t)
  const sid = await connectPolling(app)
  const { rows: [row] } = await read<Page>(app, 'data/sessions')
  await read(app, `data/sessions/${row?.handle}`)
  for (const text of ['a', 'b', 'c']) await post1(app, sid, `3:::${text}`)
  const { n } = (await read<Opened>(app, `data/sessions/${row?.handle}`)).entries.at(-1) ?? {}
  letTimePass()
  await post1(app, sid, '3:::not captured')
  await read(app, `data/sessions/${row?.handle}?after=${n}`)
  await post1(app, sid, '3:::d')
  const { entries } = await read<Opened>(app, `data/sessions/${row?.handle}?after=${n}`)
  t.same(entries.map(({ kind, text }) => kind ?? text), ['post', '3:::d'])
})

t.test('the nodes of a cluster are shown, and ids with the tag of their node', async (t) => {
  const nodes = [{ tag: 'abcdefgh', state: 'serving', rtt: undefined, sessions: 1 }, { tag: 'ijklmnop', state: 'unreachable', rtt: undefined, sessions: 2 }] as const
  const app = await inspectedApp(t, { inspector: { allowAnyone: true, cluster: { tag: 'abcdefgh', nodes } }, plugin: { generateId: () => 'abcdefgh1234567890123456' } })
  await connectEngine(app, ENGINE_4)
  t.match(await read(app, 'data/overview'), { tag: 'abcdefgh', nodes: [{ tag: 'abcdefgh', sessions: 1 }, { tag: 'ijklmnop', state: 'unreachable' }] })
  t.equal((await read<Page>(app, 'data/sessions')).rows[0]?.session, 'abcdefgh1234…')
})

t.test('hostile frames are told as they are', async (t) => {
  const app = await inspectedApp(t)
  app.socketio.on('connection', (socket) => socket.on('data', () => {}))
  const { send } = await connectEngine(app, ENGINE_4)
  const { rows: [row] } = await read<Page>(app, 'data/sessions')
  await read(app, `data/sessions/${row?.handle}`)
  const hostile = ['4<img src=x onerror=alert(1)>', '42["__proto__",{"constructor":1}]', `4${'x'.repeat(510)}😀`, '4\u2028\u0000"</script>']
  for (const frame of hostile) await send(frame)
  const { entries } = await read<Opened>(app, `data/sessions/${row?.handle}`)
  const frames = entries.filter(({ direction }) => direction === 'in').map(({ text }) => text)
  t.same(frames, hostile.map((frame) => frame.startsWith('4xxx') ? frame.slice(0, 511) : frame), 'no half of a character is left')
})

t.test('at most 16 timelines are open', async (t) => {
  const letTimePass = holdTimeouts(t, 5000)
  const app = await inspectedApp(t)
  for (let i = 0; i < 17; i++) await connectEngine(app, ENGINE_4)
  const { rows } = await read<Page>(app, 'data/sessions')
  const statuses = async (): Promise<number[]> => Promise.all(rows.map(async ({ handle }) => (await get(app, `data/sessions/${handle}`)).statusCode))
  t.same(await statuses(), [...Array(16).fill(200), 503])
  letTimePass()
  t.equal((await get(app, `data/sessions/${rows.at(-1)?.handle}`)).statusCode, 200, 'others have left')
})

t.test('shows what happens, and the latest refusals of each reason, also those before anybody looked', async (t) => {
  const app = await inspectedApp(t)
  for (let i = 0; i < 8; i++) await app.inject({ url: `/socket.io/?EIO=4&transport=polling&sid=unknown-session-${i}`, headers: { 'user-agent': 'a'.repeat(9000), origin: 'http://localhost' } })
  const { refusals } = await read<Overview>(app, 'data/overview')
  t.same(Object.keys(refusals), ['unknown session'])
  t.equal(refusals['unknown session']?.length, 5)
  t.match(refusals['unknown session']?.[0], { method: 'GET', dialect: 'engine 4', session: 'unknown-…', agent: /^a{200}…$/, detail: /another process/ })
  const { socket, url } = await connectEngine(app, ENGINE_4)
  socket.close()
  await app.inject(url)
  t.same((await read<Overview>(app, 'data/overview')).happenings, [], 'an overview is used for 900 ms')
  const now = performance.now() + 1000
  mock.method(performance, 'now', () => now)
  t.teardown(() => mock.restoreAll())
  const { happenings } = await read<Overview>(app, 'data/overview')
  t.match(happenings, [{ type: 'end', reason: 'closed by server' }, { type: 'open' }])
})

t.test('the buttons end a session, and drain; both are logged', async (t) => {
  const { lines, logger } = captureLog('warn')
  const app = await inspectedApp(t, { server: { logger } })
  const { socket, sid } = await connectEngine(app, ENGINE_4)
  const { rows: [row] } = await read<Page>(app, 'data/sessions')
  t.equal((await post(app, 'data/sessions/unknown/end')).statusCode, 404)
  t.equal((await post(app, `data/sessions/${sid}/end`)).statusCode, 404, 'an id is no handle')
  t.equal((await post(app, `data/sessions/${row?.handle}/end`)).statusCode, 200)
  t.not(socket.readyState, 'open')
  for (const seconds of ['', '-1', 'x', '1e9', 'Infinity']) t.equal((await post(app, `data/drain?seconds=${seconds}`)).statusCode, 400, seconds)
  t.equal(app.socketio.draining, false)
  t.equal((await post(app, 'data/drain?seconds=0.5')).statusCode, 200)
  t.equal(app.socketio.draining, true)
  t.match(lines.map(({ msg }) => msg), ['an operator ends this session by the inspector', 'an operator drains this server by the inspector'])
  t.equal(lines[0]?.['sid'], `${sid.slice(0, 8)}…`)
})

/** 20,000 sessions of an application, which has users. */
function crowd (): Engine {
  const sessions = new Map(Array.from({ length: 20_000 }, (_, i) => {
    const id = `${String(i).padStart(8, '0')}abcdefghijkl`
    const traffic = { packetsIn: i, packetsOut: i, bytesIn: i % 977, bytesOut: i % 991 }
    return [id, Object.assign(new EventEmitter(), {
      id,
      dialect: i % 3 === 0 ? 'engine 3' : 'engine 4',
      transport: { name: i % 2 === 0 ? 'polling' : 'websocket', writable: true },
      readyState: 'open',
      remoteAddress: `10.0.${i >> 8}.${i & 255}`,
      openedAt: i,
      bufferedAmount: i % 1013,
      context: { user: { name: `user ${i}` } },
      traffic,
      request: { headers: {}, httpVersion: '1.1' }
    })] as const
  }))
  return Object.assign(new EventEmitter(), { sessions, draining: false, metrics: { sessions: {} } }) as unknown as Engine
}

t.test('20,000 sessions are listed, sorted and searched within 250 ms', async (t) => {
  const app = await pluginApp(t)
  await app.register(inspector, { prefix: '/inspector', allowAnyone: true, engine: crowd() })
  for (const query of ['', 'page=799', 'sort=oldest', 'sort=queue', 'sort=traffic', 'dialect=engine+3&transport=polling', 'search=user+19999', 'search=10.0.78.31', 'search=00019999']) {
    const elapsed = stopwatch()
    const { total, rows, found } = await read<Page>(app, `data/sessions?${query}`)
    const ms = elapsed()
    t.equal(total, 20_000)
    t.ok(ms < 250, `${query}: ${ms.toFixed(1)} ms`)
    if (query.startsWith('search')) t.equal(found, 1, query)
    else t.equal(rows.length, 25)
  }
  const [first] = (await read<Page>(app, 'data/sessions?sort=queue')).rows
  t.equal(first?.queued, 1012, 'the longest queue is first')
})
