// CVE-2023-31125: engine.io looked a transport up in an object by the name that the URL gives, and read on whatever it found there. Names
// of what every object has are tried wherever a URL names something: transports, sessions, versions, callbacks.
import t from 'tap'
import type { Test } from 'tap'
import { head, UPGRADE } from '../kit/raw/http.js'
import { BAD_REQUEST, UNKNOWN_SESSION } from './refusal-texts.js'
import { echoes, engine, revision1, VERSIONS } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import { RawConnection } from '../kit/raw/connection.js'

/** Names that an object has without having been given them, and what a lookup might turn into one. */
const NAMES = [
  '__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', 'prototype', 'length', 'undefined', 'null',
  '0', '-1', '%00', '%5f_proto__', 'polling%00', 'POLLING', 'polling%20', 'websocket,polling', 'webtransport', 'polling%26transport=websocket'
]

type Answered = readonly [status: number, body: string]
const TRANSPORT: Answered = [400, '{"code":0,"message":"Transport unknown"}']
const SESSION: Answered = [400, UNKNOWN_SESSION]
const BAD: Answered = [400, BAD_REQUEST]
const VERSION: Answered = [400, '{"code":5,"message":"Unsupported protocol version"}']

/** Asks in each way, and asserts the one answer; a refused upgrade ends its connection. */
async function isRefused (t: Test, port: number, path: string, answers: Record<'GET' | 'POST' | 'upgrade', Answered>): Promise<void> {
  for (const [way, answer] of Object.entries(answers)) {
    const raw = new RawConnection(port)
    const lines = way === 'upgrade' ? UPGRADE : ['Content-Length: 0']
    await raw.write(head(way === 'upgrade' ? 'GET' : way, path, ...lines))
    const { status, body } = await raw.answer()
    t.strictSame([status, body], answer, `${way} ${path}`)
    if (way === 'upgrade') await raw.closed
    raw.reset()
  }
}

const always = (answer: Answered): Record<'GET' | 'POST' | 'upgrade', Answered> => ({ GET: answer, POST: answer, upgrade: answer })

async function attackEngine (t: Test, port: number): Promise<void> {
  for (const eio of VERSIONS) {
    const client = await engine(t, port, eio, 'xhr')
    const url = (query: string): string => `/socket.io/?EIO=${eio}${query}`
    for (const sid of ['', `&sid=${client.sid}`]) {
      await isRefused(t, port, url(sid || '&t=1'), always(TRANSPORT))
      await isRefused(t, port, url(`&transport=${sid}`), always(TRANSPORT))
      for (const name of NAMES) await isRefused(t, port, url(`&transport=${name}${sid}`), always(TRANSPORT))
    }
    for (const name of NAMES) {
      await isRefused(t, port, url(`&transport=polling&sid=${name}`), { GET: SESSION, POST: SESSION, upgrade: BAD })
      await isRefused(t, port, url(`&transport=websocket&sid=${name}`), { GET: BAD, POST: [400, '{"code":2,"message":"Bad handshake method"}'], upgrade: SESSION })
    }
    await t.resolves(echoes(client, 'still here'))
  }
  for (const name of NAMES) await isRefused(t, port, `/socket.io/?EIO=${name}&transport=polling`, always(VERSION))
}

async function attackRevision1 (t: Test, port: number): Promise<void> {
  const client = await revision1(t, port, 'xhr-polling')
  const unknown: Answered = [400, 'transport unknown or not enabled']
  const version: Answered = [500, 'Protocol version not supported.']
  for (const name of NAMES) {
    await isRefused(t, port, `/socket.io/1/${name}/${client.sid}`, { GET: unknown, POST: unknown, upgrade: [400, 'bad request'] })
    await isRefused(t, port, `/socket.io/${name}/xhr-polling/${client.sid}`, { GET: version, POST: version, upgrade: [400, 'bad request'] })
    // A session that nobody knows is no error of HTTP to a client of revision 1: it is to handshake anew.
    const raw = new RawConnection(port)
    for (const [method, path, expected] of [
      ['GET', `xhr-polling/${name}`, '7:::1+0'], ['POST', `xhr-polling/${name}`, '1'],
      ['GET', `jsonp-polling/${name}?i=${name}`, 'io.j[0]("7:::1+0");'], ['POST', `jsonp-polling/${name}`, '1']
    ] as const) {
      await raw.write(head(method, `/socket.io/1/${path}`, 'Content-Length: 0'))
      const { status, body } = await raw.answer()
      t.strictSame([status, body], [200, expected], `${method} ${path}`)
    }
    raw.reset()
  }
  await t.resolves(echoes(client, 'still here'))
}

t.test('names that every object has name nothing', async (t) => {
  const target = await startTarget(t, 'packets')
  const { sessions } = await target.state()
  await withstands(t, target, { held: 4, peak: 48 }, async () => {
    await attackEngine(t, target.port)
    if (target.dialects.includes('revision 1')) await attackRevision1(t, target.port)
  })
  t.equal((await target.state()).sessions, sessions + 3, 'no session was opened by them')
})
