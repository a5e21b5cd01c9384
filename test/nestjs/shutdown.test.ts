// Closing: clients leave one by one while the application still serves them, and Nest's hooks run around it.
import type { INestApplication } from '@nestjs/common'
import t from 'tap'
import type { Test } from 'tap'
import { SocketioTransportsAdapter } from '../../src/nestjs.js'
import { clock } from '../kit/clock.js'
import { ask, connectOfficial, hear, join4 } from '../kit/official-clients.js'
import type { Generation, Peer } from '../kit/official-clients.js'
import { inTime, turns, until } from '../kit/waiting.js'
import { classOf, compile, createNest, fastifyOf, ours, startNest, stock } from './nest-app.js'
import type { AdapterOf } from './nest-app.js'

const WINDOW = 10_000

/** An application that notes what happens when. */
const NOTES = `
  import { Injectable, Module } from '@nestjs/common'
  import { SubscribeMessage, WebSocketGateway } from '@nestjs/websockets'
  export const notes = []
  @WebSocketGateway() class Gateway {
    handleDisconnect () { notes.push('disconnect') }
    @SubscribeMessage('note') note (_client, text) { notes.push(text); return text }
    onModuleDestroy () { notes.push('onModuleDestroy') }
    beforeApplicationShutdown (signal) { notes.push('beforeApplicationShutdown') }
    onApplicationShutdown () { notes.push('onApplicationShutdown') }
  }
  @WebSocketGateway({ path: '/second' }) class Second {}
  @Module({ providers: [Gateway, Second] }) export class AppModule {}`

async function notingApp (t: Test, adapter: AdapterOf) {
  const folder = await compile(t, { 'app.module.ts': NOTES })
  const started = await startNest(t, { module: await classOf(folder, 'app.module', 'AppModule'), adapter })
  const { notes } = await import(`${folder}/app.module.js`) as { notes: string[] }
  return { ...started, notes }
}

/** Closes the adapter as one that has a Redis connection does. */
const disposing = (notes: () => string[], options: { drainTimeout?: number }): AdapterOf => (app: INestApplication) => {
  class Disposing extends SocketioTransportsAdapter {
    override async dispose (): Promise<void> { notes().push('dispose') }
  }
  return new Disposing(app, options)
}

const KINDS: [Generation, string][] = [[0.9, 'websocket'], [2, 'polling'], [4, 'polling'], [4, 'websocket']]

async function connectAll (t: Test, url: string): Promise<Peer[]> {
  const peers: Peer[] = []
  for (const [generation, transport] of KINDS) {
    const peer = connectOfficial(generation, url, [transport])
    t.teardown(() => peer.disconnect())
    await inTime(hear(peer, 'connect')(), 'connect')
    peers.push(peer)
  }
  return peers
}

t.test('with drainTimeout, clients leave one by one, and those that are left are served; then the adapter closes, then Fastify', async (t) => {
  const tick = clock(t)
  let notes: string[] = []
  const started = await notingApp(t, disposing(() => notes, { drainTimeout: WINDOW }))
  notes = started.notes
  const { app, url } = started
  const peers = await connectAll(t, url)
  const gone = peers.map((peer) => hear(peer, 'disconnect')())
  const closing = app.close()
  const { socketio } = fastifyOf(app)
  await until(() => socketio.draining)
  t.equal((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status, 503, 'no new clients')
  for (const [i, peer] of peers.entries()) {
    t.strictSame(await inTime(ask(peer, 'note', `${i}`), 'answer'), [`${i}`])
    await until(() => {
      tick(100)
      return notes.filter((note) => note === 'disconnect').length === i + 1
    })
    await inTime(gone[i] ?? Promise.reject(new Error('no such client')), 'the client hears it')
  }
  await until(() => {
    tick(100)
    return notes.includes('onApplicationShutdown')
  })
  await closing
  t.strictSame(notes, ['onModuleDestroy', 'beforeApplicationShutdown', '0', 'disconnect', '1', 'disconnect', '2', 'disconnect', '3', 'disconnect', 'dispose', 'onApplicationShutdown'])
  t.match(socketio.metrics.ended, { 'server draining': 4 })
})

t.test('the stock adapter disconnects all clients at once', async (t) => {
  const { app, url, notes } = await notingApp(t, stock)
  const clients = [await join4(t, url), await join4(t, url)]
  const before = performance.now()
  await Promise.all([app.close(), ...clients.map((client) => hear(client, 'disconnect')())])
  t.strictSame(notes, ['onModuleDestroy', 'beforeApplicationShutdown', 'disconnect', 'disconnect', 'onApplicationShutdown'])
  t.ok(performance.now() - before < WINDOW / 2)
})

t.test('without drainTimeout, all clients leave at once, before the adapter is disposed of, with the reason of the official Server', async (t) => {
  let notes: string[] = []
  const started = await notingApp(t, disposing(() => notes, {}))
  notes = started.notes
  const { app, url } = started
  const reasons: string[] = []
  fastifyOf(app).io.on('connection', (socket) => socket.on('disconnect', (reason) => reasons.push(reason)))
  const peers = await connectAll(t, url)
  const gone = Promise.all(peers.map((peer) => hear(peer, 'disconnect')()))
  await app.close()
  await inTime(gone, 'all hear it')
  t.strictSame(notes, ['onModuleDestroy', 'beforeApplicationShutdown', ...Array<string>(4).fill('disconnect'), 'dispose', 'onApplicationShutdown'])
  t.strictSame(reasons, Array(4).fill('server shutting down'))
})

t.test('a client comes back to the next server by itself', async (t) => {
  const first = await notingApp(t, ours({ drainTimeout: 100 }))
  const port = Number(new URL(first.url).port)
  const client = await join4(t, first.url, { reconnection: true, reconnectionDelay: 10 })
  const [gone, back] = [hear(client, 'disconnect'), hear(client, 'connect')]
  await first.app.close()
  t.strictSame((await gone())[0], 'transport close')
  const next = await createNest(t)
  await next.listen(port, '127.0.0.1')
  await inTime(back(), 'connect')
  t.equal(await client.emitWithAck('sum', [1, 1]), 2)
})

t.test('an application can be closed twice, and before it listens', async (t) => {
  const { app, url } = await notingApp(t, ours({ drainTimeout: WINDOW }))
  await join4(t, url).then((client) => client.disconnect())
  await until(() => fastifyOf(app).socketio.clientsCount === 0)
  await app.close()
  await app.close()
  const unheard = await createNest(t, { adapter: ours({ drainTimeout: WINDOW }) })
  await unheard.init()
  await unheard.close()
  await (await createNest(t)).close()
  await turns(2)
  t.pass()
})
