// Bytes that no client sends. The process lives, logs no error, and serves others.
import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import { toPayload } from '../kit/revision-1/payload.js'
import { RawConnection } from '../kit/raw/connection.js'
import { FIN, frame, OPCODE, RSV1 } from '../kit/raw/frames.js'
import { head, UPGRADE } from '../kit/raw/http.js'
import { ALL } from '../kit/revision-1/client.js'
import { echoes, engine, POLLING, POSTING, revision1, VERSIONS } from '../security/entrances.js'
import { webSockets } from '../security/websocket-kinds.js'
import type { StartApp } from './app.js'

const FRAMES: Record<string, Buffer> = {
  'reserved bits': frame(FIN | RSV1 | OPCODE.text, 'x'),
  'a reserved opcode': frame(FIN | 3, 'x'),
  'a length above 2^63': frame(FIN | OPCODE.text, '', 2n ** 63n + 1n),
  'a continuation of nothing': frame(FIN | OPCODE.continuation, 'x'),
  'invalid UTF-8': frame(FIN | OPCODE.text, Buffer.of(0xc3, 0x28)),
  'a ping that is too long': frame(FIN | OPCODE.ping, 'x'.repeat(200)),
  'an invalid close code': frame(FIN | OPCODE.close, Buffer.of(0, 1)),
  'no mask': Buffer.of(0x81, 1, 0x78),
  'random bytes': randomBytes(500)
}

const BODIES: (string | Buffer)[] = ['', '9', '4', '42[', '451-["x",{"_placeholder":true,"num":-1}]', '99999999999999999:4', '\ufffd-4\ufffdx', `42${'['.repeat(10_000)}`, randomBytes(1000), toPayload(['9:::', '5:::{'])]

const REQUESTS: (string | Buffer)[] = [
  randomBytes(200), 'GET / HTTP/9.9\r\n\r\n', head('GET', '/socket.io/%', ...UPGRADE), head('GET', '/socket.io/?EIO=4&transport=__proto__', ...UPGRADE),
  head('POST', '/socket.io/?EIO=4&transport=polling', ...UPGRADE), head('GET', '/socket.io/1/websocket/x', ...UPGRADE.slice(0, 3)),
  head('GET', '/socket.io/?EIO=4&transport=websocket', 'Connection: Upgrade', 'Upgrade: h2c'), 'CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n'
]

export function hostileSuite (t: Test, start: StartApp): void {
  t.test('hostile bytes', async (t) => {
    const { port, ask } = await start(t, { options: { transports: ['polling', ...ALL] } })
    const bystander = await engine(t, port, 4, 'websocket')
    for (const [name, bytes] of Object.entries(FRAMES)) {
      for (const { raw } of await webSockets(t, port)) {
        await raw.write(bytes)
        if (name === 'a length above 2^63') await raw.closed
        else raw.socket.end()
      }
      await t.resolves(echoes(bystander, name), name)
    }
    for (const body of BODIES) {
      for (const name of POSTING) await (await revision1(t, port, name)).post(String(body))
      for (const eio of VERSIONS) for (const way of POLLING) await (await engine(t, port, eio, way)).post(body).answer
    }
    await t.resolves(echoes(bystander, 'bodies'))
    for (const bytes of REQUESTS) {
      const raw = new RawConnection(port)
      await raw.write(bytes)
      raw.socket.end()
      await raw.closed
    }
    for (let i = 0; i < 20; i++) {
      const raw = new RawConnection(port)
      await raw.write(head('GET', '/socket.io/?EIO=4&transport=websocket', ...UPGRADE))
      raw.reset()
    }
    await t.resolves(echoes(bystander, 'requests'))
    const { lines } = await ask('state')
    t.strictSame(lines.filter(({ level }) => level >= 50), [], 'no error is logged')
  })
}
