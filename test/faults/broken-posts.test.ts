// POSTs that break at every step, on everything that posts: a POST is heard whole or not at all, and one whose answer has been read is heard
// exactly once, in its place.
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { connect as openTcp } from 'node:net'
import type { Socket as TcpSocket } from 'node:net'
import t from 'tap'
import { until } from '../kit/waiting.js'
import { AFTER_ANSWER, cuts, IN_ANSWER, IN_REQUEST, KINDS, UNTOLD } from './cuts.js'
import type { Place } from './cuts.js'
import { beforeLast, headEnd, inBody } from '../kit/network/points.js'
import type { Point } from '../kit/network/points.js'
import { POSTED } from './polling-clients.js'
import type { Carrier, Posted } from './polling-clients.js'
import { start } from './faulty-sessions.js'
import type { Faulty } from './faulty-sessions.js'

const up = (name: string, at: Point): Place => ({ name, way: 'up', at })
const BEFORE_END: readonly Place[] = [
  IN_REQUEST,
  up('between its head and body', headEnd),
  up('in its body', inBody(3)),
  up('before its last byte', beforeLast)
]

/** How the client of a POST in chunks leaves. */
const LEAVES: Record<string, (tcp: TcpSocket) => void> = {
  whole: (tcp) => { tcp.end() },
  'by FIN': (tcp) => { tcp.end() },
  'by RST': (tcp) => { tcp.resetAndDestroy() }
}

/** A POST of 10 and 11 between one of 0 and 1 and one of 20 and 21. */
async function cutSecond ({ line, proxy }: Faulty, place: Place, kind: keyof typeof KINDS): Promise<Posted[]> {
  const first = await line.post([0, 1]).outcome
  const armed = proxy.arm({ on: /^POST /, way: place.way, at: place.at, act: KINDS[kind] })
  const second = await line.post([10, 11]).outcome
  await armed.struck
  await until(() => !line.idle)
  return [first, second, await line.post([20, 21]).outcome]
}

for (const carrier of POSTED) {
  t.test(`${carrier.name}: a POST that breaks before its end is not heard, not even in part`, async (t) => {
    const { connect } = await start(t)
    for (const { place, kind } of cuts(BEFORE_END)) {
      await t.test(`${place.name} ${kind}`, async (t) => {
        const session = await connect(carrier)
        t.strictSame(await cutSecond(session, place, kind), ['ok', 'broken', 'ok'])
        t.strictSame([session.heard, session.ends], [[0, 1, 20, 21], []])
      })
    }
  })

  t.test(`${carrier.name}: a POST that breaks behind its end is heard once, whatever its client has read of the answer`, async (t) => {
    const { connect } = await start(t)
    for (const { place, kind } of cuts([...IN_ANSWER.filter(({ name }) => name !== 'in the body'), AFTER_ANSWER])) {
      await t.test(`${place.name} ${kind}`, async (t) => {
        const session = await connect(carrier)
        t.strictSame(await cutSecond(session, place, kind), ['ok', place === AFTER_ANSWER ? 'ok' : 'broken', 'ok'])
        t.strictSame([session.heard, session.ends], [[0, 1, 10, 11, 20, 21], []])
      })
    }
  })

  t.test(`${carrier.name}: a client that repeats a POST whose answer it has not read is heard twice`, async (t) => {
    const { connect } = await start(t)
    for (const { place, kind } of cuts(IN_ANSWER.slice(0, 1), UNTOLD)) {
      const session = await connect(carrier)
      const armed = session.proxy.arm({ on: /^POST /, way: place.way, at: place.at, act: KINDS[kind] })
      t.equal(await session.line.post([0, 1]).outcome, 'broken')
      await armed.struck
      t.equal(await session.line.post([0, 1]).outcome, 'ok')
      t.strictSame(session.heard, [0, 1, 0, 1])
    }
  })
}

/** Where a session is posted to, and two messages in one body. */
const CHUNKED = {
  'xhr-polling': { path: (sid: string) => `/socket.io/1/xhr-polling/${sid}`, body: '\ufffd6\ufffd3:::10\ufffd6\ufffd3:::11' },
  'engine 3 by xhr': { path: (sid: string) => `/socket.io/?EIO=3&transport=polling&sid=${sid}`, body: '3:4103:411' },
  'engine 4 by xhr': { path: (sid: string) => `/socket.io/?EIO=4&transport=polling&sid=${sid}`, body: '410\x1e411' }
}

for (const [name, { path, body }] of Object.entries(CHUNKED)) {
  t.test(`${name}: a POST in chunks that breaks before its last one is not heard, though what it says is complete`, async (t) => {
    const { server, connect } = await start(t)
    const carrier = POSTED.find((one) => one.name === name)
    const chunk = `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`
    for (const [end, leave] of Object.entries(LEAVES)) {
      const { line, heard, ends } = await connect(carrier as Carrier)
      const arrived = once(server.app.server, 'request') as Promise<[IncomingMessage]>
      const tcp = openTcp(server.port, '127.0.0.1').on('error', () => {})
      tcp.write(`POST ${path(line.sid)} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}`)
      const [request] = await arrived
      const over = new Promise((resolve) => request.socket.once('close', resolve))
      if (end === 'whole') {
        tcp.write('0\r\n\r\n')
        await until(() => heard.length > 0)
      }
      leave(tcp)
      await over
      t.equal(await line.post([20]).outcome, 'ok')
      t.strictSame([heard, ends], [end === 'whole' ? [10, 11, 20] : [20], []], end)
    }
  })
}
