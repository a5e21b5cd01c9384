// Polls and streams that are held open by the thousand, each on a connection of its own. What one costs is bounded, everybody else is served
// meanwhile, and a shutdown answers them all, in words that let clients come back.
import t from 'tap'
import type { Test } from 'tap'
import { head } from '../kit/raw/http.js'
import { VERSIONS } from './entrances.js'
import { FACES, startTarget, withstands } from './withstands.js'
import { RawConnection } from '../kit/raw/connection.js'
import { handshakeAt } from '../kit/revision-1/client.js'

const COUNT = 1500
/** What one may cost the server, its connection included; bytes. */
const EACH = 40_000
/** How long a shutdown may take, ms; on a slow machine, with all of these. */
const CLOSING = 10_000

/** On a busy machine, polls would end before all are there, and be told nothing. */
const SILENT = { pollingDuration: 600_000 }

/** One that is held, and what it says when the server closes. */
interface Held { name: string, raw: RawConnection, farewell: RegExp }
type Open = (port: number) => Promise<Held>

const ofRevision1 = (name: string, farewell: RegExp): Open => async (port) => {
  const path = `/socket.io/1/${name}/${await handshakeAt(port)}`
  const raw = new RawConnection(port)
  await raw.write(head('GET', path))
  if (!name.endsWith('polling')) return { name, raw, farewell }
  await raw.answer() // `1::`
  await raw.write(head('GET', path))
  return { name, raw, farewell }
}

const ofEngine = (eio: 3 | 4, jsonp: boolean): Open => async (port) => {
  const raw = new RawConnection(port)
  const path = `/socket.io/?EIO=${eio}&transport=polling${jsonp ? '&j=0' : ''}`
  await raw.write(head('GET', path))
  const { body } = await raw.answer()
  const sid = /sid\\?":\\?"([\w-]{20})/.exec(body)?.[1] ?? ''
  const polled = eio === 3 && !body.includes('2:40')
  await raw.write(head('GET', `${path}&sid=${sid}`))
  if (polled) { // the Server's connect packet comes by itself
    await raw.answer()
    await raw.write(head('GET', `${path}&sid=${sid}`))
  }
  const close = eio === 3 ? '1:1' : '1'
  return { name: `engine ${eio}${jsonp ? ', jsonp' : ''}`, raw, farewell: new RegExp(`\r\n\r\n${jsonp ? `___eio\\[0\\]\\("${close}"\\);` : close}$`) }
}

const OPENERS: readonly Open[] = [
  ofRevision1('xhr-polling', /\r\n\r\n8::$/),
  ofRevision1('jsonp-polling', /\r\n\r\nio\.j\[0\]\("8::"\);$/),
  ofRevision1('htmlfile', /<script>_\("7:::1\+0"\);<\/script>\r\n0\r\n\r\n$/),
  ofRevision1('xhr-multipart', /\r\n0\r\n\r\n$/),
  ...VERSIONS.flatMap((eio) => [ofEngine(eio, false), ofEngine(eio, true)])
]

async function openAll (port: number): Promise<Held[]> {
  const all: Held[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let i = next++; i < COUNT; i = next++) {
      const open = OPENERS[i % OPENERS.length]
      if (open !== undefined) all.push(await open(port))
    }
  }
  await Promise.all(Array.from({ length: 20 }, work))
  return all
}

async function attack (t: Test, face: 'packets' | 'server'): Promise<void> {
  const target = await startTarget(t, face, SILENT)
  const { held: before, sessions: others } = await target.state()
  let all: Held[] = []
  await withstands(t, target, { held: Math.ceil(COUNT * EACH / 2 ** 20), peak: 160 }, async () => { all = await openAll(target.port) })
  t.teardown(() => { for (const { raw } of all) raw.socket.destroy() })
  const { held, sessions } = await target.state()
  t.equal(sessions - others, COUNT, 'all are held')
  t.ok((held - before) / COUNT < EACH, `each costs ${Math.round((held - before) / COUNT)} bytes`)

  const took = await target.close()
  t.ok(took < CLOSING, `closed in ${Math.round(took)} ms`)
  const wrong = new Set<string>()
  for (const { name, raw, farewell } of all) {
    await raw.closed
    if (!farewell.test(String(raw.received))) wrong.add(`${name}: ${String(raw.received).slice(-80)}`)
  }
  t.strictSame([...wrong], [], 'each is told')
  t.strictSame((await target.state()).ended, { 'server closing': COUNT + others })
}

for (const face of FACES) t.test(`${face}: polls and streams that are held by the thousand`, (t) => attack(t, face))
