// CVE-2022-41940: an upgrade that engine.io did not take left its connection without a listener for errors, and a RST on it ended the
// process. Every upgrade that is refused or not ours is tried, with a RST at each moment: before, during and after its answer.
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { pathOf } from './posters.js'
import { head, UPGRADE } from '../kit/raw/http.js'
import { BAD_REQUEST, UNKNOWN_SESSION } from './refusal-texts.js'
import { echoes, engine, revision1, revision1Url } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import type { Target } from './withstands.js'
import { turn } from '../kit/waiting.js'
import { RawConnection } from '../kit/raw/connection.js'
import { handshakeAt } from '../kit/revision-1/client.js'

interface Case {
  path: string
  lines?: string[]
  status: number
  /** None: that of somebody else. */
  body?: string
}

const FOREIGN = { lines: ['Origin: http://elsewhere.test'], status: 403 }
const TRANSPORT_UNKNOWN = { status: 400, body: '{"code":0,"message":"Transport unknown"}' }
const SESSION_UNKNOWN = { status: 400, body: UNKNOWN_SESSION }
const BAD = { status: 400, body: BAD_REQUEST }
const FORBIDDEN = { status: 403, body: '{"code":4,"message":"Forbidden"}' }
const VERSION = { status: 400, body: '{"code":5,"message":"Unsupported protocol version"}' }

const engineCases = (polling: string): Case[] => Object.entries<Omit<Case, 'path'>>({
  'EIO=4&transport=websocket&sid=nobody': SESSION_UNKNOWN,
  'EIO=3&transport=websocket&sid=nobody': SESSION_UNKNOWN,
  'EIO=4&transport=flashsocket': TRANSPORT_UNKNOWN,
  'EIO=4&transport=polling': BAD,
  [`EIO=4&transport=polling&sid=${polling}`]: BAD,
  [`EIO=3&transport=websocket&sid=${polling}`]: BAD,
  'EIO=5&transport=websocket': VERSION,
  'transport=websocket': VERSION,
  'EIO=4&transport=websocket': { ...FOREIGN, ...FORBIDDEN },
  [`EIO=4&transport=websocket&sid=${polling}&foreign`]: { ...FOREIGN, ...FORBIDDEN },
  'EIO=4&transport=websocket&as=nobody': FORBIDDEN,
  'EIO=3&transport=websocket&as=late': FORBIDDEN
}).map(([query, refusal]) => ({ path: `/socket.io/?${query}`, ...refusal }))

const revision1Cases = (sid: string): Case[] => Object.entries<Omit<Case, 'path'>>({
  [`2/websocket/${sid}`]: { status: 500, body: 'Protocol version not supported.' },
  [`1/nonsense/${sid}`]: { status: 400, body: 'bad request' },
  [`1/xhr-polling/${sid}`]: { status: 400, body: 'bad request' },
  [`1/htmlfile/${sid}`]: { status: 400, body: 'bad request' },
  [`1/websocket/${sid}`]: { ...FOREIGN, body: 'handshake bad origin' },
  [`1/flashsocket/${sid}`]: { ...FOREIGN, body: 'handshake bad origin' }
}).map(([path, refusal]) => ({ path: `/socket.io/${path}`, ...refusal }))

/** Those that nobody takes: engine.io let them wait. */
const OTHERS: readonly Case[] = [
  { path: '/', status: 200, body: 'hello' },
  { path: '/elsewhere', status: 404 },
  { path: '/socket.iox/?EIO=4&transport=websocket', status: 404 }
]

/** When the RST comes. */
const MOMENTS: Record<string, (raw: RawConnection) => Promise<unknown>> = {
  'at once': async () => {},
  'a turn later': () => turn(),
  'a moment later': () => pause(5),
  'with the first byte of the answer': (raw) => raw.take(1),
  'after the answer': (raw) => raw.answer()
}

async function isAnswered (t: Test, port: number, { path, lines = [], status, body }: Case): Promise<void> {
  const raw = new RawConnection(port)
  await raw.write(head('GET', path, ...UPGRADE, ...lines))
  const answer = await raw.answer()
  t.equal(answer.status, status, path)
  if (body !== undefined) t.equal(answer.body, body)
  await raw.closed
}

async function isReset (port: number, { path, lines = [] }: Pick<Case, 'path' | 'lines'>, moment: (raw: RawConnection) => Promise<unknown>): Promise<void> {
  const raw = new RawConnection(port)
  await raw.write(head('GET', path, ...UPGRADE, ...lines))
  await moment(raw).catch(() => {}) // an original may give no answer
  raw.reset()
  await raw.closed
}

async function attack (t: Test, target: Target, cases: readonly Case[]): Promise<void> {
  await withstands(t, target, { held: 4, peak: 48 }, async () => {
    for (const one of cases) {
      for (const moment of Object.values(MOMENTS)) {
        for (let round = 0; round < 5; round++) await isReset(target.port, one, moment)
      }
      await isAnswered(t, target.port, one)
    }
  })
}

t.test('upgrades that are refused', async (t) => {
  const target = await startTarget(t, 'packets')
  const { port } = target
  const polling = await engine(t, port, 4, 'xhr')
  const old = await revision1(t, port, 'xhr-polling')
  await attack(t, target, [...engineCases(polling.sid), ...revision1Cases(old.sid)])
  await t.resolves(echoes(polling, 'still here'), 'the sessions that they named live')
  await t.resolves(echoes(old, 'still here'))
})

t.test('upgrades that nobody takes', async (t) => {
  await attack(t, await startTarget(t, 'packets'), OTHERS)
})

t.test('upgrades that are accepted, and nothing is left of their sessions', async (t) => {
  const target = await startTarget(t, 'packets', { handshakeTimeout: 500 })
  const { port } = target
  const { sessions } = await target.state()
  await withstands(t, target, { held: 4, peak: 48 }, async () => {
    for (const moment of Object.values(MOMENTS)) {
      for (let round = 0; round < 5; round++) {
        for (const as of ['', '&as=slow']) await isReset(port, { path: `/socket.io/?EIO=4&transport=websocket${as}` }, moment)
        for (const name of ['websocket', 'flashsocket']) {
          await isReset(port, { path: pathOf(revision1Url(port, `${name}/${await handshakeAt(port)}`)) }, moment)
        }
      }
    }
  })
  while ((await target.state()).sessions > sessions) await pause(50)
})
