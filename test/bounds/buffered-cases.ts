// What a session says of what waits for its client: `bufferedAmount`, `transport.writable` and 'drain' are true on every transport.
import { once } from 'node:events'
import t from 'tap'
import { turn, turns, until } from '../kit/waiting.js'
import type { Peer, Way } from './peers.js'

const PIECE = 'x'.repeat(200_000)
const PIECES = 100 // 20 MB: more than the system's buffers take for a peer that does not read
const ROOM = { maxQueueBytes: 100_000_000 }

/** The 'drain' events of a session, each with what is buffered then. */
function drainsOf ({ socket, app }: Peer): { buffered: number, queued: number }[] {
  const drains: { buffered: number, queued: number }[] = []
  socket.on('drain', () => drains.push({ buffered: socket.bufferedAmount, queued: app.socketio.metrics.queuedBytes }))
  return drains
}

/** Polls for what is left behind an answer that the system has taken. */
async function readOn ({ socket, hear }: Peer): Promise<void> {
  for (let left = Math.round(socket.bufferedAmount / PIECE.length); left > 0; left--) await hear()
}

/** What every transport has to say of it. */
export function buffered ({ name, kind, start }: Way): void {
  t.test(`${name}: what the client does not read is buffered until it does, and one 'drain' tells that it has gone`, async (t) => {
    const peer = await start(t, ROOM)
    const { socket, say, deaf, app, ended } = peer
    let tcp = await deaf()
    const drains = drainsOf(peer)
    for (let i = 0; i < PIECES; i++) say(PIECE)
    await turn()
    if (kind === 'poll') { // the first answer has what fits, the others what one may carry
      tcp.resume()
      await until(() => socket.bufferedAmount < PIECES * PIECE.length)
      t.notOk(socket.transport.writable, 'nobody polls')
      tcp = await deaf()
    }
    await turns(50) // what the system takes, it has taken
    t.ok(socket.bufferedAmount > 1_000_000, `${socket.bufferedAmount} bytes are buffered`)
    t.notOk(socket.transport.writable)
    t.ok(app.socketio.metrics.queuedBytes > 1_000_000, 'and the metrics say so')
    t.strictSame(drains, [])
    tcp.resume()
    if (kind === 'poll') await readOn(peer)
    await until(() => drains.length > 0 && socket.bufferedAmount === 0)
    await turn()
    t.equal(drains.length, 1)
    t.ok((drains[0]?.buffered ?? Infinity) <= 65_536, 'above that it would count as backed up')
    t.equal(drains[0]?.queued, 0)
    t.equal(socket.transport.writable, kind !== 'poll')
    t.equal(ended.count, 0)
  })

  t.test(`${name}: as long as it says that it is writable, packets leave at once; it says so of no peer for ever`, async (t) => {
    const peer = await start(t, ROOM)
    const { socket, say, deaf, app, ended } = peer
    const tcp = await deaf()
    const drains = drainsOf(peer)
    let said = 0
    for (let writable = true; writable && said < 10 * PIECES; writable = socket.transport.writable) {
      t.equal(app.socketio.metrics.queuedBytes, 0)
      say(PIECE, true)
      said++
    }
    t.ok(said < 10 * PIECES, `${said} packets`)
    t.equal(app.socketio.metrics.dropped, 0, 'a volatile packet found somebody')
    tcp.resume()
    await until(() => drains.length === 1 && socket.bufferedAmount === 0)
    t.equal(ended.count, 0)
  })

  t.test(`${name}: a producer that waits for 'drain' whenever the session is not writable is never left waiting`, async (t) => {
    const peer = await start(t, { ...ROOM, maxQueueBytes: 2 * PIECE.length })
    const { socket, say, hear, ended } = peer
    let most = 0
    const produce = async (): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        say(`${i} ${PIECE}`)
        most = Math.max(most, socket.bufferedAmount)
        if (!socket.transport.writable) await once(socket, 'drain')
      }
    }
    const consume = async (): Promise<void> => {
      for (let i = 0; i < 40; i++) t.equal((await hear()).length, `${i} `.length + PIECE.length)
    }
    await Promise.all([produce(), consume()])
    await until(() => socket.bufferedAmount === 0)
    t.ok(most <= 2 * (PIECE.length + 100), `${most} bytes were the most`)
    t.equal(ended.count, 0)
  })
}
