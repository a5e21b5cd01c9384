import t from 'tap'
import { unreachableNode } from '../../../src/cluster/link/unreachable.js'
import { NodeOfCluster } from '../../../src/cluster/nodes.js'
import type { Network } from '../../../src/cluster/nodes.js'
import { readNodesOptions } from '../../../src/cluster/options.js'
import type { ConnectOptions, LinkAddress, ListenOptions } from '../../../src/cluster/link/types.js'
import type { ClusterHost, NodesOptions } from '../../../types/cluster.js'
import { newLog } from '../../kit/fakes/revision-1-session.js'
import { turn } from '../../kit/waiting.js'
import { FakeClock } from './fake-clock.js'
import { FakeLinks } from './fake-links.js'

const SECRET = '0123456789abcdef0123456789abcdef'
const PEER = { host: '10.0.0.2', port: 7070 }

function newNode (options: Partial<NodesOptions> = {}) {
  const clock = new FakeClock()
  const links = new FakeLinks()
  const connected: ConnectOptions[] = []
  const listened: ListenOptions[] = []
  const calls: string[] = []
  let close = (): void => {}
  const network: Network = {
    connect (given) {
      connected.push(given)
      return links.connect(given)
    },
    async listen (given) {
      listened.push(given)
      const address: LinkAddress = 'path' in given.listen ? given.listen : { ...given.listen, port: given.listen.port || 5000 }
      return {
        address,
        announce: () => { calls.push('announce') },
        close: () => {
          calls.push('close')
          return new Promise((resolve) => { close = resolve })
        }
      }
    }
  }
  const settings = readNodesOptions({ secret: SECRET, peers: ['10.0.0.2:7070'], listen: { host: '10.0.0.1', port: 7070 }, ...options } as NodesOptions)
  const { log } = newLog()
  const host: ClusterHost = { sessions: unreachableNode('none', 'no sessions'), count: () => 4, hold: () => true, log }
  const cluster = new NodeOfCluster(settings, network, clock)
  return { cluster, host, clock, links, connected, listened, calls, closeListener: () => close() }
}

t.test('a node listens, connects to the others, and is one of the nodes', async (t) => {
  const { cluster, host, links, listened, connected } = newNode()
  const started = cluster.start(host)
  await turn()
  const self = { tag: cluster.tag, address: { host: '10.0.0.1', port: 7070 } }
  t.match(listened, [{ listen: { host: '10.0.0.1', port: 7070 }, self, secrets: [SECRET], host }])
  t.match(connected, [{ address: PEER, self, secrets: [SECRET], host }])
  const edge = links.to(PEER).up('node-two', { sessions: 2, rtt: 1 })
  await started
  t.same(cluster.nodes, [{ tag: cluster.tag, state: 'serving', rtt: undefined, sessions: 4 }, { tag: 'node-two', state: 'serving', rtt: 1, sessions: 2 }])
  t.equal(cluster.ownerOf('node-two0123456789abcdefghij'), edge)
  t.equal(cluster.ownerOf(`${cluster.tag}0123456789abcdefghij`), undefined)
  t.equal(cluster.ownerOf('node-six0123456789abcdefghij'), undefined)
  t.equal(cluster.ownerOf(''), undefined)
  t.equal(cluster.isCurrent, true)
})

t.test('it is ready after 1 s although a node does not answer', async (t) => {
  const { cluster, host, clock } = newNode()
  let isReady = false
  const started = cluster.start(host).then(() => { isReady = true })
  await turn()
  await clock.tick(999)
  t.equal(isReady, false)
  await clock.tick(1)
  await started
})

t.test('a node that connects is linked back', async (t) => {
  const { cluster, host, listened, links } = newNode()
  const started = cluster.start(host)
  await turn()
  links.to(PEER).fail()
  await started
  listened[0]?.onPeer('node-six', { host: '10.0.0.6', port: 1 })
  t.same(links.open, ['10.0.0.2:7070', '10.0.0.6:1'])
})

t.test('it leaves: the others are told, and its sessions stay', async (t) => {
  const { cluster, host, listened, links, calls } = newNode()
  const started = cluster.start(host)
  await turn()
  links.to(PEER).up('node-two')
  await started
  t.equal(listened[0]?.state(), 'serving')
  cluster.leave()
  t.equal(listened[0]?.state(), 'draining')
  t.same(calls, ['announce'])
  t.same(cluster.nodes.map(({ state }) => state), ['draining', 'serving'])
  t.same(links.open, ['10.0.0.2:7070'])
})

t.test('it stops: links end when what is queued has left, or after 1 s', async (t) => {
  for (const isSlow of [false, true]) {
    const { cluster, host, links, calls, clock, closeListener } = newNode()
    const started = cluster.start(host)
    await turn()
    links.to(PEER).up('node-two')
    await started
    let hasStopped = false
    const stopped = cluster.stop().then(() => { hasStopped = true })
    await clock.tick(999)
    t.same(calls, ['announce', 'close'])
    t.equal(hasStopped, false)
    t.same(links.open, ['10.0.0.2:7070'])
    if (isSlow) await clock.tick(1)
    else closeListener()
    await stopped
    t.same(links.open, [])
    t.same(cluster.nodes, [])
    t.equal(cluster.isCurrent, false)
    await cluster.stop()
    t.same(calls, ['announce', 'close'])
    t.equal(clock.timers, 0)
  }
})

t.test('a cluster is for one registration', async (t) => {
  const { cluster, host, links } = newNode()
  const started = cluster.start(host)
  await turn()
  links.to(PEER).fail()
  await started
  await t.rejects(cluster.start(host), { code: 'FST_SIO_BAD_OPTION', message: 'call nodes({ … }) once for each' })
})
