// The published types of the option `cluster`, as an application meets them.
import type { FastifyInstance } from 'fastify'
import { Redis } from 'ioredis'
import type { Cluster as IoredisCluster } from 'ioredis'
import { createClient, createClientPool, createCluster, createSentinel } from 'redis'
import { describe, expect, test } from 'tstyche'
import { nodes as implementation, setupPrimary as implementationOfPrimary } from '../src/cluster.js'
import { nodes } from './cluster.js'
import type { setupPrimary, Cluster, ClusterNode, NodesOptions, RedisClient } from './cluster.js'
import plugin from './index.js'

declare const app: FastifyInstance
const secret = 'a secret of at least 32 characters'

describe('nodes', () => {
  test('makes a Cluster, which the plugin takes', () => {
    expect(nodes({ secret, redis: new Redis() })).type.toBe<Cluster>()
    expect(app.register).type.toBeCallableWith(plugin, { io: {}, cluster: nodes({ secret, ipc: true }) })
    expect<Cluster['nodes']>().type.toBe<readonly ClusterNode[]>()
    expect<Cluster['isCurrent']>().type.toBe<boolean>()
    expect<ClusterNode['state']>().type.toBe<'serving' | 'draining' | 'unreachable'>()
  })

  test('takes clients of both packages', () => {
    expect(createClient()).type.toBeAssignableTo<RedisClient>()
    expect(createClientPool()).type.toBeAssignableTo<RedisClient>()
    expect(createCluster({ rootNodes: [] })).type.toBeAssignableTo<RedisClient>()
    expect(createSentinel({ name: 'app', sentinelRootNodes: [] })).type.toBeAssignableTo<RedisClient>()
    expect(new Redis()).type.toBeAssignableTo<RedisClient>()
    expect<IoredisCluster>().type.toBeAssignableTo<RedisClient>()
    expect<string>().type.not.toBeAssignableTo<RedisClient>()
    expect<{ sendCommand (firstKey: string, isReadonly: boolean, args: string[]): Promise<unknown> }>().type.not.toBeAssignableTo<RedisClient>()
  })

  test('takes each way of finding the others', () => {
    expect(nodes).type.toBeCallableWith({ secret, redis: createClient(), prefix: 'chat' })
    expect(nodes).type.toBeCallableWith({ secret: [secret, secret], peers: ['node-1:7070'], listen: { port: 7070 } })
    expect(nodes).type.toBeCallableWith({ secret, dns: 'app', listen: { host: '0.0.0.0', port: 7070, advertise: { host: 'node-1' } }, tls: { ca: 'a', cert: 'b', key: 'c', servername: 'nodes' } })
    expect(nodes).type.toBeCallableWith({ secret, ipc: true })
  })

  test('needs a secret and a way', () => {
    expect(nodes).type.not.toBeCallableWith({ secret })
    expect(nodes).type.not.toBeCallableWith({ redis: new Redis() })
    expect(nodes).type.not.toBeCallableWith({ secret, ipc: false })
  })

  test('is what the code is', () => {
    expect(implementation).type.toBe<typeof nodes>()
    expect(implementationOfPrimary).type.toBe<typeof setupPrimary>()
    expect(nodes).type.toBe<(options: NodesOptions) => Cluster>()
  })
})
