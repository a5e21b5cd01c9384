// Several nodes of an application in one process, with real links between them. One port is in front of them: each connection to it goes to the next node, byte
// for byte, because it becomes a connection of that node's HTTP server.
import { once } from 'node:events'
import { createServer } from 'node:net'
import { nodes } from 'fastify-socketio-transports/cluster'
import { freePort } from '../machine/free-port.js'
import { until } from './until.js'

/** Makes the clusters of `count` nodes, `each` for every node: one for each of its registrations. @param {number} count @param {number} [each] */
export async function clustersOf (count, each = 1) {
  const clusters = Array.from({ length: count }, () => [])
  for (let registration = 0; registration < each; registration++) {
    const ports = []
    while (ports.length < count) ports.push(await freePort())
    const peers = ports.map((port) => `127.0.0.1:${port}`)
    for (const [i, port] of ports.entries()) clusters[i].push(nodes({ secret: 'a secret of the tests, 32 characters long', listen: { host: '127.0.0.1', port }, peers }))
  }
  return clusters
}

/**
 * @param {(options: object, isFirst: boolean) => Promise<import('fastify').FastifyInstance>} build makes one node; the options are those of the plugin
 * @param {number} count
 */
export async function buildNodes (build, count) {
  const clusters = (await clustersOf(count)).flat()
  const apps = await Promise.all(clusters.map((cluster, i) => build({ cluster }, i === 0)))
  let turn = 0
  const front = createServer((socket) => { apps[turn++ % count]?.server.emit('connection', socket) })
  return {
    apps,
    /** The session of a socket of the Server, on whichever node it is. */
    socketio: { sessionOf: (socket) => apps[0]?.socketio.sessionOf(socket) },
    async listen ({ port, host }) {
      await Promise.all(apps.map((app) => app.ready()))
      await until(() => clusters.every((cluster) => cluster.nodes.filter(({ state }) => state === 'serving').length === count))
      front.listen(port, host)
      await once(front, 'listening')
      return `http://${host}:${front.address().port}`
    },
    async close () {
      front.close()
      await Promise.all(apps.map((app) => app.close()))
    }
  }
}
