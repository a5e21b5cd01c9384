// Links over real sockets, without applications: who may link, and what happens when a link breaks.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { EDGE, OWNER, SECRET, startEdge, startOwner } from '../kit/cluster/link.js'
import { CERTIFICATE, KEY } from '../kit/machine/certificate.js'
import { delayed } from '../kit/network/delay-line.js'
import { turns, until } from '../kit/waiting.js'
import { answerTo, fakePoll, FakeSessions } from '../unit/cluster/link/pair.js'
import type { Calls } from '../unit/cluster/link/pair.js'
import { request } from '../unit/cluster/link/samples.js'

const OTHER_SECRET = 'another secret of 32 characters or more'
const NEW_SECRET = 'the secret of next week, 32 characters'

t.test('a link carries calls, and both sides know each other', async (t) => {
  const sessions = new FakeSessions()
  const owner = await startOwner(t, { sessions })
  owner.host.sessionCount = 5
  const edge = startEdge(t, owner.address, { tag: OWNER })
  const link = await edge.up()
  t.match(link, { tag: OWNER, address: { host: 'owner.example', port: 7070 }, state: 'serving', sessions: 5 })
  t.strictSame(owner.peers, [[EDGE, { host: 'edge.example', port: 7071 }]])
  const calls: Calls = []
  const payload = 'é'.repeat(1_000_000)
  link.post(request, payload, answerTo(calls))
  await until(() => sessions.answers.length > 0)
  sessions.answers[0]?.()
  await until(() => calls.length > 0)
  t.strictSame([calls, sessions.calls], [['accepted'], [`post(${request.sid}, ${payload})`]])
  owner.state = 'draining'
  owner.announce()
  await until(() => link.state === 'draining')
  t.strictSame(edge.states, ['draining 5'])
  await until(() => link.rtt !== undefined)
  t.ok(Number(link.rtt) >= 0 && Number(link.rtt) < 1000)
  t.strictSame([edge.host.held, owner.host.held, edge.host.warnings, owner.host.warnings], [0, 0, [], []])
  link.poll(request, fakePoll(calls))
  await owner.close()
  t.equal(await edge.down(), 'the other node leaves')
  t.strictSame(calls, ['accepted', 'refuse(node lost: the other node leaves)'])
})

t.test('what was sent before a node leaves arrives: answers of the owner, and what has become of them', async (t) => {
  const sessions = new FakeSessions()
  const owner = await startOwner(t, { sessions })
  const calls: Calls = []
  const [first, second] = [startEdge(t, owner.address), startEdge(t, owner.address)]
  const settled = (await first.up()).poll(request, fakePoll(calls))
  const link = await second.up()
  const poll = link.poll(request, fakePoll(calls))
  await until(() => sessions.polls.length === 2)
  sessions.polls[0]?.send('6')
  await until(() => calls.length === 1)
  settled.settled(true)
  first.close()
  await until(() => sessions.calls.includes('settled(true)'))
  sessions.polls[1]?.send('x'.repeat(1_000_000), true)
  await owner.close()
  await until(() => calls.length === 2)
  t.match(calls, ['send(6, false)', /^send\(x+, true\)/])
  poll.settled(true)
  t.strictSame(sessions.calls.slice(2), ['settled(true)', 'settled(false)'])
})

t.test('a link over a Unix socket', { skip: process.platform === 'win32' }, async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'link-')), 'a.sock')
  const owner = await startOwner(t, { listen: { path }, self: { tag: OWNER, address: { path } } })
  const edge = startEdge(t, owner.address)
  t.match(await edge.up(), { tag: OWNER, address: { path } })
})

t.test('a link over TLS, in which both sides have certificates', async (t) => {
  const tls = { ca: CERTIFICATE, cert: CERTIFICATE, key: KEY, servername: 'localhost' }
  const owner = await startOwner(t, { tls })
  t.match(await startEdge(t, owner.address, { tls }).up(), { tag: OWNER })

  const stranger = startEdge(t, owner.address, { tls: { ca: CERTIFICATE, servername: 'localhost' } })
  await stranger.failed()
  const unnamed = startEdge(t, owner.address, { tls: { ca: CERTIFICATE, cert: CERTIFICATE, key: KEY } })
  t.match(await unnamed.failed(), /does not match certificate's altnames|IP/)
  const plain = startEdge(t, owner.address)
  await plain.failed()
  t.strictSame([stranger.ups, unnamed.ups, plain.ups], [[], [], []])
  t.equal(owner.peers.length, 1)
})

t.test('who has another secret is refused, and it is logged once', async (t) => {
  const owner = await startOwner(t)
  const edge = startEdge(t, owner.address, { secrets: [OTHER_SECRET] })
  await until(() => edge.failures.length === 3)
  t.strictSame(edge.host.warnings, ['no link to another node: it has another secret, or is no node; give all nodes the same secret'])
  t.strictSame(owner.host.warnings, ['connection to the port for links refused: the other node has another secret; give all nodes the same'])
  t.strictSame([edge.ups, owner.peers], [[], []])
})

t.test('secrets are changed one node after the other', async (t) => {
  for (const [of, other] of [[[SECRET], [NEW_SECRET, SECRET]], [[NEW_SECRET, SECRET], [NEW_SECRET]], [[SECRET, NEW_SECRET], [NEW_SECRET, SECRET]]] as const) {
    for (const [edges, owners] of [[of, other], [other, of]] as const) {
      const owner = await startOwner(t, { secrets: owners })
      t.equal((await startEdge(t, owner.address, { secrets: edges }).up()).tag, OWNER)
    }
  }
})

t.test('another node at the address of one that has gone is not taken for it', async (t) => {
  const owner = await startOwner(t)
  const edge = startEdge(t, owner.address, { tag: 'old-tag_' })
  t.equal(await edge.failed(), `another node is there now: ${OWNER} instead of old-tag_`)
  t.strictSame([edge.ups, owner.peers], [[], []])
})

t.test('a node that connects to itself notices, and does not connect again', async (t) => {
  const owner = await startOwner(t)
  const edge = startEdge(t, owner.address, { self: { tag: OWNER, address: { host: 'owner.example', port: 7070 } } })
  await until(() => edge.selves > 0)
  await turns(50)
  t.strictSame([edge.selves, edge.ups, edge.failures, owner.peers, owner.host.warnings], [1, [], [], [], []])
})

t.test('a link that was cut comes back, and its node is the same', async (t) => {
  const owner = await startOwner(t)
  if (!('port' in owner.address)) throw new Error('a port')
  const line = await delayed(t, owner.address.port, 0)
  const edge = startEdge(t, { host: '127.0.0.1', port: line.port })
  const first = await edge.up()
  line.cut()
  line.mend(owner.address.port)
  await edge.down()
  t.notOk(first.isUp)
  await until(() => edge.ups.length === 2)
  t.equal(edge.ups[1]?.tag, OWNER)
})
