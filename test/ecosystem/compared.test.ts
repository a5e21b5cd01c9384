// The comparison in the README, with the servers that are installed here: which requests hooks see, whether a page of another origin may open a WebSocket, what
// app.close() does with a client, and which WebSockets work beside @fastify/websocket. (fastify-socket.io is socket.io by hand, with a hook `preClose`.)
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyInstance } from 'fastify'
import { Server } from 'socket.io'
import t from 'tap'
import socketioTransports from '../../src/index.js'
import { newApp, portOf } from '../kit/servers/app.js'
import { inTime } from '../kit/waiting.js'
import { fetchText } from '../kit/request.js'
import { WebSocketClient } from '../kit/websocket.js'

interface Peer {
  /** The column of the table. */
  column: string
  add (app: FastifyInstance): Promise<void> | void
  /** The URL of a WebSocket. */
  url (base: string): Promise<string> | string
  /** A message of a client, and how the answer begins. */
  ping: [message: string, answer: string]
}

const ENGINE_4 = { url: (base: string) => `${base}/socket.io/?EIO=4&transport=websocket`, ping: ['40/nowhere,', '44/nowhere,'] } satisfies Partial<Peer>
const FOREIGN = { origin: 'https://elsewhere.example' }

const PEERS: Peer[] = [
  { column: 'this plugin', add: async (app) => { await app.register(socketioTransports, { io: {} }) }, ...ENGINE_4 },
  {
    column: 'socket.io 4.8 by hand',
    add (app) { new Server().attach(app.server) },
    ...ENGINE_4
  },
  {
    column: '[@fastify/websocket]',
    async add (app) {
      await app.register(fastifyWebsocket)
      app.get('/ws', { websocket: true }, (socket) => { socket.on('message', (message) => socket.send(String(message))) })
    },
    url: (base) => `${base}/ws`,
    ping: ['hello', 'hello']
  },
  {
    column: 'socket.io 0.9.19',
    add (app) {
      const { listen } = createRequire(import.meta.url)('socket.io-09') as { listen (server: object, options: object): { sockets: NodeJS.EventEmitter } }
      listen(app.server, { log: false, 'client store expiration': 1, 'close timeout': 1, heartbeats: false })
        .sockets.on('connection', (socket: { on: (event: string, listener: (text: string) => void) => void, send: (text: string) => void }) => socket.on('message', (text) => socket.send(text)))
    },
    url: async (base) => `${base}/socket.io/1/websocket/${(await fetchText(`${base}/socket.io/1/`)).body.split(':')[0]}`,
    ping: ['3:::hello', '3:::hello']
  }
]

const table = readFileSync(new URL('../../README.md', import.meta.url), 'utf8').split('\n').filter((line) => line.startsWith('| ')).map((line) => line.split('|').map((cell) => cell.trim()))
const header = table.find((cells) => cells[2] === 'this plugin') ?? []
const cell = (row: string, column: string): string => table.find((cells) => cells[1] === row)?.[header.indexOf(column)] ?? 'no such cell'

/** Sends a message until the answer comes: the open packet of the server may come first. */
async function isServed (client: WebSocketClient, [message, answer]: Peer['ping']): Promise<boolean> {
  if (!await client.opened.then(() => true, () => false)) return false
  client.send(message)
  for (let next = await client.next(); next !== undefined; next = await client.next()) if (String(next).startsWith(answer)) return true
  return false
}

for (const peer of PEERS) {
  t.test(`the README says of ${peer.column} what it does`, async (t) => {
    const app = newApp(t, { forceCloseConnections: false })
    let seen = 0
    app.addHook('onRequest', async () => { seen++ })
    await peer.add(app)
    const base = `http://127.0.0.1:${await portOf(app)}`

    const foreign = new WebSocketClient(await peer.url(base), { headers: FOREIGN })
    const entered = await foreign.opened.then(() => true, () => false)
    t.match(cell('a page of another origin, by default', peer.column), entered ? /^may / : /^refused$/)
    foreign.close()
    await foreign.closed

    const client = new WebSocketClient(await peer.url(base))
    t.ok(await isServed(client, peer.ping))
    t.equal(cell('the app\'s hooks see clients', peer.column) === 'none', seen === 0)

    const closing = app.close()
    const waits = await isServed(client, peer.ping)
    t.match(cell('`app.close()` with clients', peer.column), waits ? /^waits for them$/ : /^ends/)
    if (waits) client.close()
    await inTime(closing, 'closing')
  })
}

for (const peer of PEERS.filter(({ column }) => column !== '[@fastify/websocket]')) {
  t.test(`${peer.column} beside @fastify/websocket`, async (t) => {
    const app = newApp(t)
    await app.register(fastifyWebsocket)
    await peer.add(app)
    const base = `http://127.0.0.1:${await portOf(app)}`
    const client = new WebSocketClient(await peer.url(base))
    t.equal(cell('beside @fastify/websocket', peer.column), await isServed(client, peer.ping) ? 'both work' : 'its WebSockets fail')
  })
}
