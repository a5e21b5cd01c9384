// How much may wait for one client that does not take it: `maxQueueBytes`, and what `slowClient` says of more.
import type { Socket as TcpSocket } from 'node:net'
import t from 'tap'
import { turn, until } from '../kit/waiting.js'
import { OVERHEAD } from './peers.js'
import type { Peer, Way } from './peers.js'

const MAX = 10_000
/** As large as ten times this may wait. */
const TENTH = MAX / 10
/** More than the system's buffers take for a peer that does not read. */
const FILL = 'x'.repeat(20_000_000)

/** From now on what is sent waits in the session's queue; returns the connection that is not read. */
async function backUp ({ socket, deaf, say }: Peer): Promise<TcpSocket> {
  const tcp = await deaf()
  say(FILL)
  await turn()
  if (socket.transport.writable) throw new Error('the system has taken it all')
  return tcp
}

/** What every transport has to do with a client that is slow. */
export function queue ({ name, kind, start }: Way): void {
  t.test(`${name}: behind what a client does not read maxQueueBytes may wait; with more it is given up, and no other`, async (t) => {
    const peer = await start(t, { maxQueueBytes: MAX })
    const { app, socket, head, say, ended } = peer
    const other = await peer.another()
    const tcp = await backUp(peer)
    const broken = new Promise((resolve) => tcp.once('close', resolve)) // by a reset
    say('x'.repeat(MAX - 1 - 2 * (head + OVERHEAD)))
    say('') // a byte is left
    t.strictSame([ended.count, app.socketio.metrics.ended], [0, {}], 'below it')
    other.say('alive')
    t.equal(await other.hear(), 'alive')
    say('x')
    t.match(ended, { count: 1, reason: 'transport error', end: 'slow client', cause: { message: /maxQueueBytes/ } })
    t.strictSame(app.socketio.metrics.ended, { 'slow client': 1 })
    t.equal(app.socketio.sessions.has(socket.id), false)
    tcp.resume()
    await broken
    await until(() => app.socketio.metrics.queuedBytes === 0) // its queue is gone, and what its transport held
    other.say('still alive')
    t.equal(await other.hear(), 'still alive')
    t.equal(other.ended.count, 0)
  })

  t.test(`${name}: exactly maxQueueBytes may wait, and all of it comes`, async (t) => {
    const peer = await start(t, { maxQueueBytes: MAX })
    const { app, socket, head, say, hear, ended } = peer
    const texts = Array.from({ length: 10 }, (_, i) => String(i).padEnd(TENTH - head - OVERHEAD, '.'))
    if (kind === 'poll') { // nobody polls
      texts.forEach((text) => say(text))
      t.equal(socket.bufferedAmount, MAX - 10 * OVERHEAD)
      t.equal(app.socketio.metrics.queuedBytes, MAX)
      const heard = []
      while (heard.length < texts.length && ended.count === 0) heard.push(await hear())
      t.strictSame(heard, texts)
    } else {
      const tcp = await backUp(peer)
      texts.forEach((text) => say(text))
      tcp.resume()
    }
    await until(() => socket.bufferedAmount === 0 && app.socketio.metrics.queuedBytes === 0)
    t.equal(ended.count, 0)
  })

  if (kind === 'poll') {
    t.test(`${name}: with nobody there, volatile packets are dropped and counted, and take no room`, async (t) => {
      for (const slowClient of ['close', 'drop'] as const) {
        const { app, socket, head, say, ended } = await start(t, { maxQueueBytes: MAX, slowClient })
        say('x'.repeat(MAX - head - OVERHEAD))
        for (let i = 0; i < 10; i++) say('v', true)
        t.equal(app.socketio.metrics.dropped, 10)
        t.strictSame([ended.count, socket.bufferedAmount], [0, MAX - OVERHEAD])
        say('')
        t.match(ended, { count: 1, end: 'slow client' })
      }
    })
    return
  }

  t.test(`${name}: with slowClient "drop" volatile packets make room, the oldest first; the client is given up when there are none left`, async (t) => {
    const peer = await start(t, { maxQueueBytes: MAX, slowClient: 'drop' })
    const { app, socket, head, say, ended } = peer
    await backUp(peer)
    const sayTenth = (volatile: boolean): void => say('x'.repeat(TENTH - head - OVERHEAD), volatile)
    const before = socket.bufferedAmount
    for (let i = 0; i < 10; i++) sayTenth(i % 2 === 0)
    t.equal(app.socketio.metrics.dropped, 0)
    for (let i = 1; i <= 5; i++) {
      sayTenth(false)
      t.strictSame([app.socketio.metrics.dropped, ended.count, socket.bufferedAmount], [i, 0, before + MAX - 10 * OVERHEAD])
    }
    sayTenth(true)
    t.strictSame([app.socketio.metrics.dropped, ended.count], [6, 0], 'a volatile one that finds no room is itself dropped')
    sayTenth(false)
    t.match(ended, { count: 1, end: 'slow client' })
    t.strictSame(app.socketio.metrics.ended, { 'slow client': 1 })
  })

  t.test(`${name}: with slowClient "close" volatile packets count as any other`, async (t) => {
    const peer = await start(t, { maxQueueBytes: MAX })
    const { app, say, ended } = peer
    await backUp(peer)
    for (let i = 0; i < 9; i++) say('x'.repeat(TENTH), true)
    t.equal(ended.count, 0)
    say('x'.repeat(TENTH), true)
    t.match(ended, { count: 1, end: 'slow client' })
    t.equal(app.socketio.metrics.dropped, 0)
  })
}
