// WebSockets that break inside what the client says: messages are heard whole or not at all, in order, and the session ends with a reason.
import t from 'tap'
import { handshakeAt } from '../kit/revision-1/client.js'
import { maskedFrame } from '../kit/raw/frames.js'
import { clock } from '../kit/clock.js'
import { KINDS, NOTICED } from './cuts.js'
import type { Kind } from './cuts.js'
import { afterFrames } from '../kit/network/points.js'
import type { Point } from '../kit/network/points.js'
import { start } from './faulty-sessions.js'
import type { FaultyServer, Session } from './faulty-sessions.js'
import type { Teardown } from '../kit/teardown.js'
import { until } from '../kit/waiting.js'
import { rawWebSocket } from '../kit/raw/websocket.js'

interface Dialect {
  name: string
  prefix: string
  /** Where a WebSocket is opened; the session's id, as far as it is known. */
  url (port: number): Promise<{ url: string, sid?: string }>
}

const DIALECTS: readonly Dialect[] = [
  ...['websocket', 'flashsocket'].map((name) => ({
    name,
    prefix: '3:::',
    async url (port: number) {
      const sid = await handshakeAt(port)
      return { url: `http://127.0.0.1:${port}/socket.io/1/${name}/${sid}`, sid }
    }
  })),
  ...[3, 4].map((eio) => ({
    name: `engine ${eio} by websocket`,
    prefix: '4',
    url: async (port: number) => ({ url: `http://127.0.0.1:${port}/socket.io/?EIO=${eio}&transport=websocket` })
  }))
]

/** Three messages, the second in two fragments: four frames, of which so many and so many bytes more come through. */
const PLACES: readonly { name: string, at: Point, heard: number[] }[] = [
  { name: 'in the head of a frame', at: afterFrames(1, 1), heard: [0] },
  { name: 'in a frame', at: afterFrames(1, 6), heard: [0] },
  { name: 'between two fragments', at: afterFrames(2), heard: [0] },
  { name: 'in the second fragment', at: afterFrames(2, 6), heard: [0] },
  { name: 'behind a message', at: afterFrames(3), heard: [0, 10] }
]

async function cut (t: Teardown, { proxy, session }: FaultyServer, { prefix, url }: Dialect, at: Point, kind: Kind): Promise<Session> {
  const armed = proxy.arm({ on: /^GET [^ ]*(?:websocket|flashsocket)/, way: 'up', at, act: KINDS[kind] })
  const place = await url(proxy.port)
  const raw = await rawWebSocket(t, place.url)
  await until(() => raw.received.length > 4)
  const sid = place.sid ?? /"sid":"([^"]+)"/.exec(String(raw.received))?.[1] ?? ''
  raw.socket.write(Buffer.concat([
    maskedFrame(1, `${prefix}0`), maskedFrame(1, `${prefix}1`, false), maskedFrame(0, '0'), maskedFrame(1, `${prefix}20`)
  ]))
  await armed.struck
  return session(sid)
}

for (const dialect of DIALECTS) {
  t.test(`${dialect.name}: of what breaks in a frame or between fragments, whole messages are heard and nothing else, and the session ends`, async (t) => {
    const tick = clock(t)
    const faulty = await start(t)
    for (const { name, at, heard } of PLACES) {
      for (const kind of NOTICED) {
        await t.test(`${name} ${kind}`, async (t) => {
          const session = await cut(t, faulty, dialect, at, kind)
          await until(() => session.ends.length > 0)
          t.strictSame([session.heard, session.ends], [heard, ['connection closed']])
        })
      }
      await t.test(`${name}, and the server does not notice`, async (t) => {
        const session = await cut(t, faulty, dialect, at, 'for the client alone')
        await until(() => session.heard.length === heard.length)
        tick(86_000)
        t.strictSame([session.heard, session.ends], [heard, ['ping timeout']])
      })
    }
  })
}
