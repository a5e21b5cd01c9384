// Streams and WebSockets that break inside a message: what came before is read, nothing after it, and the session ends with a reason.
import { once } from 'node:events'
import t from 'tap'
import { clock } from '../kit/clock.js'
import { KINDS, NOTICED } from './cuts.js'
import type { Kind } from './cuts.js'
import { LASTING, rest } from './lasting-clients.js'
import type { Lasting, Open } from './lasting-clients.js'
import { inText } from '../kit/network/points.js'
import type { Point } from '../kit/network/points.js'
import { start } from './faulty-sessions.js'
import type { FaultyServer, Session } from './faulty-sessions.js'
import { until } from '../kit/waiting.js'

/** Behind the number of the second message, by which it is found. */
const TEXT = '|message'
const WORD = `1${TEXT}`

interface Place { name: string, at: (lasting: Lasting) => Point, whole: boolean }

/** In a stream, an element or a part stands around the message; in a WebSocket, two bytes before it. */
const PLACES: readonly Place[] = [
  { name: 'in the head of its frame, or of its element', at: ({ prefix }) => inText(WORD, -prefix.length - 1), whole: false },
  { name: 'in the message', at: () => inText(WORD, 4), whole: false },
  { name: 'before its last byte', at: () => inText(WORD, WORD.length - 1), whole: false },
  { name: 'behind it', at: () => inText(WORD, WORD.length), whole: true }
]

/** A client that has read 0, and is cut in 1; 2 was said as well. */
async function cut ({ proxy, session }: FaultyServer, lasting: Lasting, { at }: Place, kind: Kind): Promise<Session & { open: Open }> {
  const armed = proxy.arm({ on: /^GET [^ ]*(?:websocket|flashsocket|htmlfile|xhr-multipart)/, way: 'down', at: at(lasting), act: KINDS[kind] })
  const open = await lasting.open(proxy.port)
  const made = session(open.sid)
  made.say(1)
  if (await open.next() !== 0) throw new Error('the first message has not come')
  made.say(1, TEXT)
  await armed.struck
  made.say(1)
  return { ...made, open }
}

/** What has come of 1: a stream needs what stands behind it too. */
const read = ({ kind }: Lasting, { whole }: Place): number[] => whole && kind === 'websocket' ? [1] : []

for (const lasting of LASTING) {
  t.test(`${lasting.name}: a connection that breaks in a message ends the session, and its client has read what came before`, async (t) => {
    const faulty = await start(t)
    for (const place of PLACES) {
      for (const kind of NOTICED) {
        await t.test(`${place.name} ${kind}`, async (t) => {
          const { open, ends } = await cut(faulty, lasting, place, kind)
          t.teardown(() => open.close())
          t.strictSame(await rest(open), read(lasting, place))
          await until(() => ends.length > 0)
          t.strictSame(ends, ['connection closed'])
          t.notOk(faulty.server.app.socketio.sessions.has(open.sid))
        })
      }
    }
  })

  t.test(`${lasting.name}: a connection that breaks for the client alone ends the session when heartbeats are not answered`, async (t) => {
    const tick = clock(t)
    const faulty = await start(t)
    for (const place of PLACES) {
      await t.test(place.name, async (t) => {
        const { open, ends } = await cut(faulty, lasting, place, 'for the client alone')
        t.teardown(() => open.close())
        t.strictSame(await rest(open), read(lasting, place))
        tick(44_000)
        t.strictSame(ends, [])
        tick(42_000)
        t.strictSame(ends, ['ping timeout'])
      })
    }
  })
}

for (const lasting of LASTING.filter(({ dialect }) => dialect === 'revision 1')) {
  t.test(`${lasting.name}: a client that opens another one in the same session has lost what the broken one was given, and nothing else`, async (t) => {
    const faulty = await start(t)
    for (const place of PLACES) {
      await t.test(place.name, async (t) => {
        const { open, socket, ends, say } = await cut(faulty, lasting, place, 'for the client alone')
        t.strictSame(await rest(open), read(lasting, place))
        const moved = once(socket, 'upgrade')
        const second = open.again()
        t.teardown(() => open.close())
        await moved
        say(1)
        t.equal(await second.next(), 3)
        t.strictSame(ends, [])
      })
    }
  })
}
