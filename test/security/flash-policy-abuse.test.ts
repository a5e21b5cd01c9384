// Flash policies of socket.io 0.9 allowed every page of the web every port (`domain="*" to-ports="*"`), by default, on a port that was open by
// default. Here it is off, and where it is on it names those it is told; and no request, however large, slow or odd, holds either port.
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { freePort } from '../kit/machine/free-port.js'
import { within } from '../kit/progress.js'
import { head } from '../kit/raw/http.js'
import { FACES, startTarget, withstands } from './withstands.js'
import { RawConnection } from '../kit/raw/connection.js'

const REQUEST = '<policy-file-request/>\0'
const POLICY = '<?xml version="1.0"?><!DOCTYPE cross-domain-policy SYSTEM "http://www.macromedia.com/xml/dtds/cross-domain-policy.dtd">' +
  '<cross-domain-policy><allow-access-from domain="friend.test" to-ports="80"/></cross-domain-policy>'
const ORIGIN = 'http://friend.test'

/** Writes bytes, and reads what comes until the connection is ended by the other side. */
async function ask (port: number, bytes: string | Buffer): Promise<string> {
  const raw = new RawConnection(port)
  if (bytes.length > 0) await raw.write(bytes)
  await raw.closed
  return String(raw.received)
}

/** Policy requests that are none, or more than one. */
const ODD: Record<string, string | Buffer> = {
  'without its zero byte, and more': '<policy-file-request/>GET / HTTP/1.1\r\n\r\n',
  twice: REQUEST + REQUEST,
  'with HTTP behind it': `${REQUEST}GET /socket.io/1/ HTTP/1.1\r\nHost: x\r\n\r\n`,
  'in another case': REQUEST.toUpperCase(),
  'of 100 KB': `<policy-file-request ${'x'.repeat(100_000)}/>\0`,
  'of zeros': Buffer.alloc(10_000),
  'of entities': '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><policy-file-request>&b;</policy-file-request>\0'
}

t.test('by default there is no policy', async (t) => {
  const target = await startTarget(t, 'server', { cors: { origin: ORIGIN } })
  await withstands(t, target, { held: 4, peak: 16 }, async () => {
    const refused = new RawConnection(10_843)
    await refused.closed
    t.equal(refused.received.length, 0, 'the port of old is closed')
    for (const [name, bytes] of Object.entries({ 'as it is': REQUEST, ...ODD })) {
      const answer = await ask(target.port, bytes)
      t.match(answer, /^HTTP\/1\.1 4\d\d /, name)
      t.notMatch(answer, 'cross-domain-policy')
    }
  })
})

for (const face of FACES) {
  t.test(`${face}: where there is one, it names those it is told, to whoever asks`, async (t) => {
    const port = await freePort()
    const target = await startTarget(t, face, { flashPolicy: { port }, cors: { origin: ORIGIN } })
    const policy = POLICY.replace('to-ports="80"', 'to-ports="*"')
    await withstands(t, target, { held: 4, peak: 32 }, async () => {
      t.equal(await ask(target.port, REQUEST), policy)
      for (const [name, bytes] of Object.entries({ 'as it is': REQUEST, nothing: '', ...ODD })) {
        t.equal((await ask(port, bytes)).slice(0, policy.length), policy, `the policy port: ${name}`)
        if (bytes !== '' && bytes !== REQUEST) t.match(await ask(target.port, bytes), /^HTTP\/1\.1 4\d\d /, `the port of HTTP: ${name}`)
      }
    })
  })
}

/** How long a connection to the policy port may last, ms, and how many there may be. */
const TIME_LIMIT = 2000
const MOST = 100

type Way = (raw: RawConnection) => Promise<void>

/** Holds a connection open for as long as it is let, in some way. */
async function hold (t: Test, port: number, way: Way): Promise<void> {
  const raw = new RawConnection(port)
  await t.resolves(within(5 * TIME_LIMIT, 'end', Promise.all([raw.closed, way(raw)])), 'it ends')
}

t.test('whoever holds the policy port holds it for a moment, and the port of HTTP not at all', async (t) => {
  const port = await freePort()
  const target = await startTarget(t, 'packets', { flashPolicy: { port, allow: ['friend.test:80'] } })
  const ways: Way[] = [
    async (raw) => { while (!raw.socket.destroyed) await raw.write('x'.repeat(100_000)) },
    async (raw) => { for (; !raw.socket.destroyed; await pause(50)) await raw.write('<') },
    async (raw) => { raw.socket.pause(); await pause(2 * TIME_LIMIT); raw.socket.resume() }
  ]
  await withstands(t, target, { held: 4, peak: 128 }, async () => { // what is read is garbage at once, and hundreds of megabytes are
    await Promise.all(ways.flatMap((way) => Array.from({ length: MOST }, () => hold(t, port, way))))
    t.equal(await ask(port, REQUEST), POLICY, 'the next one is answered')
    const raw = new RawConnection(target.port)
    await raw.write(head('GET', '/'))
    t.equal((await raw.answer()).body, 'hello')
    raw.reset()
  })
})
