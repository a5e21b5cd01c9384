// The same tests on two linked nodes (test/cluster/delivery.test.ts): sessions open on the one, and all that follows of them arrives at the other, which carries it there.
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import process from 'node:process'
import type { FastifyInstance } from 'fastify'
import type { Cluster } from '../../types/cluster.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { linked } from '../kit/cluster/two-clusters.js'
import { pluginApp } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'

/** Set by test/cluster/delivery.test.ts, before it imports tests of this folder. */
const { FAULT_NODES } = process.env
export const ON_TWO_NODES = FAULT_NODES === '2'

/** One of each kind is enough there: what differs between the others is what the node does that holds the request, as on one node. */
const SOME: ReadonlySet<string> = new Set(['xhr-polling', 'htmlfile', 'websocket', 'engine 3 by xhr', 'engine 3 by xhr, binary', 'engine 4 by xhr', 'engine 4 by jsonp'])
export const ofTwoNodes = <T extends { readonly name: string }>(all: readonly T[]): readonly T[] => ON_TWO_NODES ? all.filter(({ name }) => SOME.has(name)) : all

/** The first bytes of a connection that opens a session. Those of a connection that breaks before they are complete open none. */
const HANDSHAKE = /^GET \/socket\.io\/(?:1\/(?:\?[^ ]*)?|\?(?![^ ]*\bsid=)[^ ]*) HTTP/

const { setInterval: realInterval } = globalThis

/** Lets links begin whose pings take real time, where the test moves the clock: a link would be lost when it moves by more than 3 s. */
async function onRealTime (begin: () => Promise<unknown>): Promise<void> {
  const { setInterval } = globalThis
  globalThis.setInterval = realInterval
  await begin().finally(() => { globalThis.setInterval = setInterval })
}

/** Adds the other node, and returns a port: each of its connections becomes one of the node with the sessions if it opens one, and else of the other. */
export async function portBefore (t: Teardown, owner: FastifyInstance, clusters: readonly Cluster[], options: SocketioTransportsOptions): Promise<number> {
  const edge = await pluginApp(t, options, { forceCloseConnections: true })
  await onRealTime(async () => {
    await edge.ready()
    await linked(clusters)
  })
  // Otherwise the polls would come on the connection of their handshake.
  owner.server.prependListener('request', (_request, answer) => { answer.shouldKeepAlive = false })
  const open = new Set<Socket>()
  const front = createServer((socket) => {
    open.add(socket)
    socket.once('error', () => {}).once('close', () => open.delete(socket))
    socket.once('data', (first) => {
      socket.pause()
      const { server } = HANDSHAKE.test(String(first)) ? owner : edge
      server.emit('connection', socket)
      socket.unshift(first)
      socket.resume()
    })
  })
  t.teardown(() => {
    for (const socket of open) socket.destroy()
    front.close()
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
  return (front.address() as AddressInfo).port
}
