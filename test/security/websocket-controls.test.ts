// What a peer may say that asks for nothing: pings to a server whose answers it never reads, probes in the same way, and pongs and heartbeats by
// the hundred thousand (CVE-2026-48802: each started another heartbeat in python-engineio).
import t from 'tap'
import { toPayload as frameTexts } from '../kit/revision-1/payload.js'
import { toBody } from '../kit/engine-io/payload.js'
import { posters } from './posters.js'
import { RawConnection } from '../kit/raw/connection.js'
import { startTarget, withstands } from './withstands.js'
import { times, webSockets } from './websocket-kinds.js'
import { post } from '../kit/raw/http.js'
import { FIN, frame, OPCODE } from '../kit/raw/frames.js'
import type { Attacked } from './websocket-kinds.js'

const MANY = 100_000
const PING = frame(FIN | OPCODE.ping, Buffer.alloc(125))
const PONG = frame(FIN | OPCODE.pong, 'x')
const words = (text: string): Buffer => frame(FIN | OPCODE.text, text)

/** What a client says to say that it lives, and how it is answered. */
const HEARTBEATS: Record<string, { packet: string, answer?: Buffer }> = {
  'revision 1': { packet: '2::' },
  'engine 3': { packet: '2', answer: Buffer.of(FIN | OPCODE.text, 1, '3'.charCodeAt(0)) },
  'engine 4': { packet: '3' }
}
/** How many go into one POST; fewer than maxPackets. */
const TOGETHER = 5000

function payload (packet: string, dialect: string): string {
  const packets = Array.from({ length: TOGETHER }, () => packet)
  return dialect === 'revision 1' ? frameTexts(packets) : toBody(packets, dialect === 'engine 3' ? 3 : 4)
}

/** How many frames are written at a time. */
const AT_A_TIME = 500

/** Writes a frame very often while there is a connection, and each time reads the answers, where there are any. */
async function flood ({ raw }: Attacked, bytes: Buffer, answer?: Buffer): Promise<void> {
  const chunk = times(AT_A_TIME, bytes)
  const answers = times(AT_A_TIME, answer ?? Buffer.of())
  for (let sent = 0; sent < MANY && !raw.socket.destroyed; sent += AT_A_TIME) {
    await raw.write(chunk)
    if (answer !== undefined && !(await raw.take(answers.length)).equals(answers)) throw new Error('another answer has come')
  }
}

t.test('who says very much', async (t) => {
  const target = await startTarget(t, 'server', { upgradeTimeout: 120_000 })
  const { port } = target

  await t.test('pings whose answers are never read end in a connection that is broken off', (t) => withstands(t, target, { held: 4, peak: 64 }, async () => {
    for (const one of await webSockets(t, port)) {
      one.raw.socket.pause()
      await flood(one, PING)
      t.ok(one.raw.socket.destroyed, one.name)
      if (one.polling !== undefined) await t.resolves(one.echoes('still here'), `${one.name}: the session lives`)
    }
  }))

  await t.test('probes whose answers are never read do as well', (t) => withstands(t, target, { held: 4, peak: 64 }, async () => {
    for (const one of (await webSockets(t, port)).filter(({ name }) => name === 'engine 4, tried out')) {
      one.raw.socket.pause()
      const probes = times(10 * AT_A_TIME, words('2probe'))
      while (!one.raw.socket.destroyed) await one.raw.write(probes) // the system keeps several hundred thousand answers
      await t.resolves(one.echoes('still here'), `${one.name}: the session lives`)
    }
  }))

  await t.test('pings whose answers are read are answered', (t) => withstands(t, target, { held: 4, peak: 64 }, async () => {
    for (const one of await webSockets(t, port)) {
      for (let i = 0; i < 100; i++) {
        await one.raw.write(times(50, frame(FIN | OPCODE.ping, 'x')))
        t.ok((await one.raw.take(150)).equals(times(50, Buffer.of(FIN | OPCODE.pong, 1, 'x'.charCodeAt(0)))))
      }
      await t.resolves(one.echoes('still here'), one.name)
    }
  }))

  await t.test('pongs that nothing asked for start nothing', (t) => withstands(t, target, { held: 4, peak: 64 }, async () => {
    for (const one of await webSockets(t, port)) {
      await flood(one, PONG)
      await t.resolves(one.echoes('still here'), one.name)
    }
  }))

  for (const [dialect, { packet, answer }] of Object.entries(HEARTBEATS)) {
    await t.test(`heartbeats that nothing asked for start nothing: ${dialect}`, (t) => withstands(t, target, { held: 8, peak: 64 }, async () => {
      for (const one of await webSockets(t, port)) {
        if (!one.name.startsWith(dialect) || one.polling !== undefined) continue // there it is no probe
        await flood(one, words(packet), answer)
        await t.resolves(one.echoes('still here'), one.name)
      }
      for (const poster of (await posters(t, target)).filter((one) => one.dialect === dialect)) {
        const raw = new RawConnection(port)
        for (let sent = 0; sent < MANY; sent += TOGETHER) {
          const { status, body } = await post(raw, poster, poster.body(payload(packet, dialect)))
          t.strictSame([status, body], poster.taken, poster.name)
        }
        raw.reset()
        if (answer !== undefined) t.equal(await poster.client.next(), '3', `${poster.name}: one answer to all`)
        await t.resolves(poster.lives(), poster.name)
      }
    }))
  }
})
