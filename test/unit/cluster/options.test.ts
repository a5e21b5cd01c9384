import cluster from 'node:cluster'
import t from 'tap'
import { nodes } from '../../../src/cluster.js'
import { DnsMembers } from '../../../src/cluster/members/dns.js'
import { IpcMembers } from '../../../src/cluster/members/ipc.js'
import { PeersMembers } from '../../../src/cluster/members/peers.js'
import { RedisMembers } from '../../../src/cluster/members/redis.js'
import { readNodesOptions } from '../../../src/cluster/options.js'

const SECRET = '0123456789abcdef0123456789abcdef'
const redis = { sendCommand: async () => null }
const listen = { port: 7070 }

/** Reads options as JavaScript gives them. */
const read = (options: unknown) => Reflect.apply(readNodesOptions, undefined, [options])

t.test('right options', async (t) => {
  t.ok(read({ secret: SECRET, redis }).members instanceof RedisMembers)
  t.ok(read({ secret: SECRET, redis, prefix: 'chat', listen: { host: '10.0.0.5', port: 0, advertise: { host: 'node-1', port: 1 } }, tls: undefined, dns: undefined }).members instanceof RedisMembers)
  t.ok(read({ secret: SECRET, peers: ['10.0.0.5:7070', 'node-2:7070', '[fd00::7]:7070'], listen }).members instanceof PeersMembers)
  t.ok(read({ secret: SECRET, peers: [], listen }).members instanceof PeersMembers)
  t.ok(read({ secret: SECRET, dns: 'app.default.svc.cluster.local', listen }).members instanceof DnsMembers)
  t.same(read({ secret: SECRET, redis }).secrets, [SECRET])
  t.same(read({ secret: [SECRET + 'new', SECRET], redis }).secrets, [SECRET + 'new', SECRET])
  t.same(read({ secret: SECRET, redis, tls: { cert: 'c', key: 'k', servername: 'nodes' } }).tls, { cert: 'c', key: 'k', servername: 'nodes' })
})

t.test('nodes makes a cluster with a tag of its own', async (t) => {
  const [one, other] = [nodes({ secret: SECRET, redis }), nodes({ secret: SECRET, redis })]
  t.match(one.tag, /^[\w-]{8}$/)
  t.not(one.tag, other.tag)
  t.same(one.nodes, [])
  t.equal(one.isCurrent, false)
  t.equal(one.ownerOf(`${other.tag}${'x'.repeat(20)}`), undefined)
  one.leave()
  await one.stop()
})

/** Options, and what the error says: the option and its value, and what to write. */
const WRONG: [options: unknown, value: string, advice: string][] = [
  [undefined, '"cluster" is undefined', 'nodes({ secret, redis })'],
  [{ secret: SECRET }, '"cluster" is without a way to find the other nodes', 'exactly one of redis, peers, dns, ipc'],
  [{ secret: SECRET, redis, peers: ['a:1'] }, '"cluster" is with redis and peers', 'exactly one of redis, peers, dns, ipc'],
  [{ redis }, '"cluster.secret" is not set', 'at least 32 characters that only the nodes know, such as those that "openssl rand -base64 32" prints: write secret: process.env.CLUSTER_SECRET'],
  [{ redis, secret: 'short' }, '"cluster.secret" is 5 characters long', 'at least 32 characters'],
  [{ redis, secret: [SECRET, 7] }, '"cluster.secret" is of type number', 'at least 32 characters'],
  [{ redis, secret: [] }, '"cluster.secret" is a list of 0', 'a string, or a list of 1 to 8, the newest first'],
  [{ redis, secret: Array(9).fill(SECRET) }, '"cluster.secret" is a list of 9', 'a list of 1 to 8'],
  [{ secret: SECRET, redis: `redis://:${SECRET}@localhost` }, '"cluster.redis" is a string', 'await createClient({ url }).connect() of the package redis, or new Redis(url) of ioredis'],
  [{ secret: SECRET, redis: {} }, '"cluster.redis" is an object', 'await createClient({ url }).connect()'],
  [{ secret: SECRET, redis, prefix: '' }, '"cluster.prefix" is ""', 'a string that is not empty'],
  [{ secret: SECRET, redis, listen: 7070 }, '"cluster.listen" is 7070', '{ port: 7070 }'],
  [{ secret: SECRET, redis, listen: '10.0.0.5' }, '"cluster.listen" is "10.0.0.5"', 'an object'],
  [{ secret: SECRET, redis, listen: { port: '7070' } }, '"cluster.listen.port" is "7070"', 'a port number, or 0 for a free one'],
  [{ secret: SECRET, redis, listen: { port: 65_536 } }, '"cluster.listen.port" is 65536', 'a port number'],
  [{ secret: SECRET, redis, listen: { host: 5 } }, '"cluster.listen.host" is 5', 'an address of this machine'],
  [{ secret: SECRET, redis, listen: { advertise: 'node-1' } }, '"cluster.listen.advertise" is "node-1"', '{ host: "node-1" }'],
  [{ secret: SECRET, redis, listen: { advertise: 1 } }, '"cluster.listen.advertise" is 1', '{ host, port }'],
  [{ secret: SECRET, redis, listen: { advertise: { port: 0 } } }, '"cluster.listen.advertise.port" is 0', 'the port number that the other nodes use'],
  [{ secret: SECRET, redis, listen: { advertise: { host: '' } } }, '"cluster.listen.advertise.host" is ""', 'that the other nodes use'],
  [{ secret: SECRET, redis, listen: { path: '/x' } }, 'unknown option "cluster.listen.path"', 'the options are listen.host, listen.port, listen.advertise'],
  [{ secret: SECRET, redis, listen: { advertise: { path: '/x' } } }, 'unknown option "cluster.listen.advertise.path"', 'the options are listen.advertise.host'],
  [{ secret: SECRET, redis, port: 7070 }, 'unknown option "cluster.port"', 'write listen: { port }'],
  [{ secret: SECRET, redis, colour: 'red' }, 'unknown option "cluster.colour"', 'the options are secret, redis, peers, dns, ipc, listen, tls, prefix'],
  [{ secret: SECRET, dns: 'app', listen, prefix: 'x' }, 'unknown option "cluster.prefix"', 'the options are secret'],
  [{ secret: SECRET, redis, tls: true }, '"cluster.tls" is true', 'an object with "cert" and "key"'],
  [{ secret: SECRET, redis, tls: { cert: 'c' } }, '"cluster.tls.key" is undefined', 'an object with "cert" and "key"'],
  [{ secret: SECRET, redis, tls: { cert: 'c', key: 'k', rejectUnauthorized: false } }, 'unknown option "cluster.tls.rejectUnauthorized"', 'the options are tls.ca, tls.cert'],
  [{ secret: SECRET, peers: ['a:1'] }, '"cluster.listen.port" is 0', 'write listen: { port: 7070 }'],
  [{ secret: SECRET, peers: 'a:1,b:1', listen }, '"cluster.peers" is "a:1,b:1"', 'a list of "host:port"'],
  [{ secret: SECRET, peers: ['http://a:1'], listen }, '"cluster.peers" is "http://a:1"', 'a list of "host:port"'],
  [{ secret: SECRET, peers: ['node-2'], listen }, '"cluster.peers" is "node-2"', 'a list of "host:port"'],
  [{ secret: SECRET, peers: ['unix:/run/a'], listen }, '"cluster.peers" is "unix:/run/a"', 'a list of "host:port"'],
  [{ secret: SECRET, peers: [7], listen }, '"cluster.peers" is 7', 'a list of "host:port"'],
  [{ secret: SECRET, dns: 'app' }, '"cluster.listen.port" is 0', 'the one that all nodes listen to; write listen: { port: 7070 }'],
  [{ secret: SECRET, dns: 'app:7070', listen }, '"cluster.dns" is "app:7070"', 'a name without a port'],
  [{ secret: SECRET, dns: true, listen }, '"cluster.dns" is true', 'a name without a port'],
  [{ secret: SECRET, ipc: true }, '"cluster.ipc" is true', 'only in a worker of node:cluster, whose primary calls setupPrimary() before cluster.fork()'],
  [{ secret: SECRET, ipc: 'yes' }, '"cluster.ipc" is "yes"', 'allowed: true'],
  [{ secret: SECRET, ipc: true, listen }, 'unknown option "cluster.listen"', 'the options are secret, redis, peers, dns, ipc']
]

for (const [options, value, advice] of WRONG) {
  t.test(`${value}: ${advice}`, async (t) => {
    t.throws(() => read(options), { code: 'FST_SIO_BAD_OPTION', message: value })
    try {
      read(options)
    } catch (error) {
      t.ok(String(error).includes(advice), String(error))
      t.notOk(String(error).includes(SECRET), 'no secret is in it')
    }
  })
}

t.test('in a worker of node:cluster', async (t) => {
  Reflect.set(cluster, 'isWorker', true)
  t.teardown(() => Reflect.set(cluster, 'isWorker', false))
  t.ok(read({ secret: SECRET, ipc: true }).members instanceof IpcMembers)
})
