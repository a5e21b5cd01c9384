// No id: an upgrade of a session of Engine.IO 4 that said EIO=3, or the other way round, made engine.io up to 6.6.9 start a timer that it
// did not have when the client sent a heartbeat of that version, which ended its process. A session keeps its dialect, whoever asks.
import t from 'tap'
import type { Test } from 'tap'
import { maskedFrame } from '../kit/raw/frames.js'
import { pathOf } from './posters.js'
import { head, UPGRADE } from '../kit/raw/http.js'
import { BAD_REQUEST, UNKNOWN_SESSION } from './refusal-texts.js'
import { echoes, engine, POSTING, revision1, VERSIONS } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import { RawConnection } from '../kit/raw/connection.js'

type Answered = readonly [status: number, body: string]
const BAD: Answered = [400, BAD_REQUEST]
const UNKNOWN: Answered = [400, UNKNOWN_SESSION]
const UNSUPPORTED: Answered = [400, '{"code":5,"message":"Unsupported protocol version"}']
/** What a client says to move to a WebSocket, then heartbeats of either version. */
const MOVES = Buffer.concat(['2probe', '5', '2', '3'].map((packet) => maskedFrame(1, packet)))

/** Asks for a WebSocket, and if there is one says everything at once; what was refused. */
async function upgrade (port: number, path: string): Promise<Answered> {
  const raw = new RawConnection(port)
  await raw.write(Buffer.concat([Buffer.from(head('GET', path, ...UPGRADE)), MOVES]))
  const { status, body } = await raw.answer()
  if (status === 101) await raw.take(1) // until it has been heard
  raw.reset()
  return [status, body]
}

async function request (port: number, method: 'GET' | 'POST', path: string): Promise<Answered> {
  const raw = new RawConnection(port)
  await raw.write(head(method, path, 'Content-Type: text/plain', `Content-Length: ${method === 'GET' ? 0 : 1}`))
  if (method === 'POST') await raw.write('2')
  const { status, body } = await raw.answer()
  raw.reset()
  return [status, body]
}

async function attack (t: Test, port: number, eio: 3 | 4, way: 'xhr' | 'upgraded'): Promise<void> {
  const client = await engine(t, port, eio, way)
  const name = `of engine ${eio}, ${way}`
  const sid = `&sid=${client.sid}`
  for (const [query, refused] of [[`EIO=${7 - eio}`, BAD], ['t=1', UNSUPPORTED], ['EIO=5', UNSUPPORTED], [`EIO=${eio}&EIO=${7 - eio}`, BAD]] as const) {
    t.strictSame(await upgrade(port, `/socket.io/?${query}&transport=websocket${sid}`), refused, `${name}: an upgrade with ${query}`)
    for (const method of ['GET', 'POST'] as const) {
      t.strictSame(await request(port, method, `/socket.io/?${query}&transport=polling${sid}`), refused, `${name}: a ${method} with ${query}`)
    }
    await t.resolves(echoes(client, query), `${name}: it lives`)
  }
}

t.test('a request of another version than its session\'s is refused, and the session lives', async (t) => {
  const target = await startTarget(t, 'packets')
  await withstands(t, target, { held: 4, peak: 32 }, async () => {
    for (const eio of VERSIONS) for (const way of ['xhr', 'upgraded'] as const) await attack(t, target.port, eio, way)
  })
})

t.test('a session of revision 1 is none of Engine.IO\'s, and the other way round', async (t) => {
  const target = await startTarget(t, 'packets')
  const { port } = target
  await withstands(t, target, { held: 4, peak: 32 }, async () => {
    const old = await revision1(t, port, 'xhr-polling')
    const young = await engine(t, port, 4, 'xhr')
    for (const eio of VERSIONS) {
      const url = `/socket.io/?EIO=${eio}&sid=${old.sid}`
      t.strictSame(await upgrade(port, `${url}&transport=websocket`), UNKNOWN)
      for (const method of ['GET', 'POST'] as const) t.strictSame(await request(port, method, `${url}&transport=polling`), UNKNOWN)
    }
    for (const name of POSTING) {
      const path = pathOf(old.url).replace('xhr-polling', name).replace(old.sid, young.sid)
      t.strictSame(await request(port, 'POST', path), [200, '1'], 'the client gives up for any other answer')
      if (name === 'xhr-polling') t.strictSame(await request(port, 'GET', path), [200, '7:::1+0'])
      if (name === 'jsonp-polling') t.strictSame(await request(port, 'GET', path), [200, 'io.j[0]("7:::1+0");'])
      t.strictSame(await request(port, 'GET', `${path}?disconnect`), [200, ''])
    }
    await t.resolves(echoes(old, 'still here'))
    await t.resolves(echoes(young, 'still here'))
  })
})
