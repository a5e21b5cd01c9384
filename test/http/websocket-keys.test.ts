// Keys of upgrades that are not 16 bytes in base64. Clients of revision 1 send such keys: PHP ElephantIO has 20 bytes. The old server accepted all of them.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import fastifyWebsocket from '@fastify/websocket'
import { Server as EngineServer } from 'engine.io'
import t from 'tap'
import type { Test } from 'tap'
import socketioTransports from '../../src/index.js'
import { dial } from '../kit/raw/connection.js'
import type { RawConnection } from '../kit/raw/connection.js'
import { maskedFrame, OPCODE } from '../kit/raw/frames.js'
import { head } from '../kit/raw/http.js'
import { newApp, portOf } from '../kit/servers/app.js'
import { oldServer } from '../kit/servers/old-server.js'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const USUAL = 'dGhlIHNhbXBsZSBub25jZQ=='

/** Keys as bytes in latin1, of which ws accepts none. */
const KEYS: Record<string, string> = {
  '20 bytes': Buffer.alloc(20, 7).toString('base64'),
  '8 bytes': Buffer.alloc(8, 7).toString('base64'),
  '16 bytes without padding': 'dGhlIHNhbXBsZSBub25jZQ',
  'not base64': 'a key of 20 bytes, "!',
  'not ASCII': 'schl\u00fcssel \u00e4\u00ff',
  'one character': 'x',
  '12 KB': 'k'.repeat(12_000)
}

const upgrade = (url: string, key: string | undefined): string => head('GET', url, 'Upgrade: WebSocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13',
  ...(key === undefined ? [] : [`Sec-WebSocket-Key: ${key}`]))

const digest = (key: string): string => createHash('sha1').update(Buffer.from(key + GUID, 'latin1')).digest('base64')

/** Asks for a WebSocket, and returns the lines of the answer; empty if the connection is closed without one. */
async function ask (t: Test, port: number, url: string, key: string | undefined): Promise<{ raw: RawConnection, lines: string[] }> {
  const raw = dial(t, port)
  await raw.write(upgrade(url, key))
  const lines = await raw.answer().then(({ head }) => head.trim().split('\r\n'), () => [])
  return { raw, lines }
}

const listen = async (server: HttpServer): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function handshake (port: number): Promise<string> {
  const line = await (await fetch(`http://127.0.0.1:${port}/socket.io/1/`)).text()
  return `/socket.io/1/websocket/${line.slice(0, line.indexOf(':'))}`
}

for (const [whose, registered] of [['of this plugin', false], ['of the app', true]] as const) {
  t.test(`revision 1 accepts any key, as the old server, by the WebSockets ${whose}`, async (t) => {
    const app = newApp(t)
    if (registered) await app.register(fastifyWebsocket)
    await app.register(socketioTransports, { io: {} })
    const seen: unknown[] = []
    app.io.on('connection', (socket) => {
      seen.push(socket.handshake.headers['sec-websocket-key'])
      socket.on('message', (text) => socket.send(`got ${text}`))
    })
    app.addHook('preHandler', async ({ headers }) => { seen.push(headers['sec-websocket-key']) })
    const [here, there] = [await portOf(app), await oldServer(t)]
    for (const [name, key] of Object.entries({ usual: USUAL, ...KEYS })) {
      const { raw, lines } = await ask(t, here, await handshake(here), key)
      const old = await ask(t, there, await handshake(there), key)
      t.strictSame(lines, ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade', `Sec-WebSocket-Accept: ${digest(key)}`], name)
      if (name !== 'not ASCII') t.strictSame(lines, old.lines, 'as the old server') // in Node of today, it reads the key as UTF-8 instead of latin1
      t.equal((await raw.take(5)).toString(), '\ufffd\u00031::')
      await raw.write(maskedFrame(OPCODE.text, '3:::hi'))
      t.equal((await raw.take(12)).subarray(2).toString(), '3:::got hi')
      old.raw.reset()
      raw.reset()
    }
  })
}

t.test('without a key there is no WebSocket, as on the old server, and the session lives', async (t) => {
  const app = newApp(t)
  await app.register(socketioTransports, { io: {} })
  const [here, there] = [await portOf(app), await oldServer(t)]
  for (const key of [undefined, '']) {
    const url = await handshake(here)
    const { raw, lines } = await ask(t, here, url, key)
    t.equal(lines[0], 'HTTP/1.1 400 Bad Request')
    await raw.closed
    t.ok(app.socketio.sessions.has(url.slice(url.lastIndexOf('/') + 1)))
    const old = await ask(t, there, await handshake(there), key)
    t.strictSame(old.lines, [], 'the old server closes the connection')
    await old.raw.closed
  }
})

t.test('a key longer than the limit for heads is refused by Node', async (t) => {
  const app = newApp(t)
  await app.register(socketioTransports, { io: {} })
  const port = await portOf(app)
  const { lines } = await ask(t, port, await handshake(port), 'k'.repeat(20_000))
  t.match(lines[0], '431')
})

t.test('Engine.IO accepts the keys that engine.io accepts', async (t) => {
  const app = newApp(t)
  await app.register(socketioTransports, { io: {} })
  const server = createServer()
  const engine = new EngineServer({ allowEIO3: true })
  engine.attach(server, { path: '/socket.io' })
  t.teardown(() => {
    engine.close()
    server.close()
    server.closeAllConnections()
  })
  const [here, there] = [await portOf(app), await listen(server)]
  for (const eio of [3, 4]) {
    for (const [name, key] of Object.entries({ usual: USUAL, ...KEYS, empty: '', none: undefined })) {
      const url = `/socket.io/?EIO=${eio}&transport=websocket`
      const [ours, theirs] = [await ask(t, here, url, key), await ask(t, there, url, key)]
      t.strictSame(ours.lines, theirs.lines, `engine ${eio}: ${name}`)
      t.match(ours.lines[0], key === USUAL ? '101' : '400')
    }
  }
})
