// Polls over HTTP/2, whose streams break without their connection.
import { once } from 'node:events'
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import { text } from 'node:stream/consumers'
import t from 'tap'
import type { Test } from 'tap'
import type { Socket } from '../../types/socket.js'
import { fromPayload } from '../kit/revision-1/payload.js'
import { turn, until } from '../kit/waiting.js'
import { sidOf } from '../kit/revision-1/inject.js'
import { serveHttp2 } from '../kit/servers/http2.js'

const DATA = 'x'.repeat(100_000)
/** As many as fit into one answer, which is longer than the window of a stream. */
const COUNT = 5
const PATH = '/socket.io/1/xhr-polling/'

interface Session {
  http: ClientHttp2Session
  socket: Socket
  poll: () => ClientHttp2Stream
  /** The application's hooks wait from now on: until `open`, for requests of which `arrived` tells. */
  shut: () => { arrived: Promise<void>, open: () => void }
}

/** A session of revision 1 whose connect packet has been read. */
async function start (t: Test): Promise<Session> {
  const gate: { arrive: () => void, opened: Promise<void> | undefined } = { arrive () {}, opened: undefined }
  const { app, session: http, ask } = await serveHttp2(t, {}, (app) => app.addHook('onRequest', async () => {
    gate.arrive()
    await gate.opened
  }))
  const sid = sidOf({ body: await text(ask('/socket.io/1/')) })
  const poll = (): ClientHttp2Stream => ask(PATH + sid)
  await text(poll())
  const socket = app.socketio.sessions.get(sid)
  if (socket === undefined) throw new Error('no session')
  return {
    http,
    socket,
    poll,
    shut () {
      let open = (): void => {}
      gate.opened = new Promise((resolve) => { open = resolve })
      const arrived = new Promise<void>((resolve) => { gate.arrive = resolve })
      return {
        arrived,
        open () {
          gate.opened = undefined
          open()
        }
      }
    }
  }
}

t.test('over HTTP/2, an answer whose stream is reset while it is under way comes again with the next poll', async (t) => {
  const { socket, poll } = await start(t)
  for (let i = 0; i < COUNT; i++) socket.send({ type: 'message', data: `${i} ${DATA}` })
  const first = poll().pause()
  await once(first, 'response')
  t.ok(socket.bufferedAmount > 0, 'more than the window of the stream')
  first.close(8)
  await until(() => socket.bufferedAmount === 0 || !socket.transport.writable)
  const packets = fromPayload(await text(poll()))
  t.strictSame(packets.map((packet) => packet.replace(DATA, '')), Array.from({ length: COUNT }, (_, i) => `3:::${i} `))
  socket.send({ type: 'message', data: 'last' })
  t.equal(await text(poll()), '3:::last')
})

t.test('over HTTP/2, a poll whose stream is reset while it waits swallows nothing', async (t) => {
  const { socket, poll } = await start(t)
  const first = poll()
  await until(() => socket.transport.writable)
  first.close(8)
  await until(() => !socket.transport.writable)
  socket.send({ type: 'message', data: 'kept' })
  t.equal(await text(poll()), '3:::kept')
})

t.test('over HTTP/2, a poll whose stream is reset while the application\'s hooks run swallows nothing', async (t) => {
  const { http, socket, poll, shut } = await start(t)
  const { arrived, open } = shut()
  const first = poll()
  await arrived
  first.close(8)
  await new Promise((resolve) => http.ping(resolve)) // answered after what came before it
  open()
  await turn()
  for (const data of ['a', 'b']) socket.send({ type: 'message', data })
  t.strictSame(fromPayload(await text(poll())), ['3:::a', '3:::b'])
})
