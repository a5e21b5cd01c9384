// Three nodes in one process, behind a proxy that sends each request to the next node. They have one official Server, so that the scenarios see all clients.
import type { FastifyInstance } from 'fastify'
import { Server } from 'socket.io'
import type { Cluster } from '../../../types/cluster.js'
import type { SocketioTransportsOptions } from '../../../types/options.js'
import { spreadingProxy } from '../network/spreading-proxy.js'
import type { SpreadingProxy } from '../network/spreading-proxy.js'
import { portOf } from '../servers/app.js'
import type { Teardown } from '../teardown.js'

export interface Nodes {
  readonly apps: readonly FastifyInstance[]
  readonly proxy: SpreadingProxy
  readonly url: string
  readonly io: Server
  close (): Promise<void>
}

/** Starts the nodes. @param build makes an app that has not been told to listen */
export async function serveNodes (t: Teardown, clusters: readonly Cluster[], build: (options: SocketioTransportsOptions) => Promise<FastifyInstance>, port = 0): Promise<Nodes> {
  const io = new Server()
  const apps = await Promise.all(clusters.map((cluster) => build({ io, cluster })))
  for (const app of apps) t.teardown(() => app.close())
  const proxy = await spreadingProxy(t, await Promise.all(apps.map(portOf)), port)
  return {
    apps,
    proxy,
    io,
    url: proxy.url,
    async close () {
      await Promise.all(apps.map((app) => app.close()))
      await proxy.close()
    }
  }
}
