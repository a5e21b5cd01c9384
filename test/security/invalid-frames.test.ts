// CVE-2022-21676: a WebSocket frame with reserved bits set, on a connection whose errors nobody listened to, ended engine.io's process.
// Those were WebSockets that are not, or not yet, a session's; here is every state one can be in.
import t from 'tap'
import type { Test } from 'tap'
import { pathOf } from './posters.js'
import { head, UPGRADE } from '../kit/raw/http.js'
import { echoes, engine, revision1Url, VERSIONS } from './entrances.js'
import { startTarget, withstands } from './withstands.js'
import { RawConnection } from '../kit/raw/connection.js'
import { handshakeAt } from '../kit/revision-1/client.js'

/** A masked frame of no payload. */
const frame = (first: number): Buffer => Buffer.of(first, 0x80, 1, 2, 3, 4)
const FRAMES: Record<string, Buffer> = {
  RSV1: frame(0xc1), RSV2: frame(0xa1), RSV3: frame(0x91), 'all three': frame(0xf1), 'all bits': Buffer.alloc(16, 0xff)
}
const text = (data: string): Buffer => Buffer.concat([Buffer.of(0x81, 0x80 | data.length, 0, 0, 0, 0), Buffer.from(data)])
/** 1002, protocol error. */
const PROTOCOL_ERROR = '880203ea'

/** A WebSocket in some state, which the frame is written to. */
interface State {
  path: string
  /** What the client says first. */
  says?: Buffer[]
  /** What the server says in the end. */
  ends: RegExp
  /** Whether the session goes on: it is carried by something else. */
  goesOn?: () => Promise<void>
}

const REFUSED = new RegExp(`${PROTOCOL_ERROR}$`)
/** A WebSocket that the server closes by itself may have had its close frame already. */
const CLOSED = /88(?:0203ea|00|0203e8)$/

const revision1States = (port: number): Record<string, () => Promise<State>> => ({
  ...Object.fromEntries(['websocket', 'flashsocket'].flatMap((name) => [
    [`revision 1, ${name}`, async () => ({ path: pathOf(revision1Url(port, `${name}/${await handshakeAt(port)}`)), ends: REFUSED })],
    [`revision 1, ${name} of no session`, async () => ({ path: pathOf(revision1Url(port, `${name}/nobody`)), ends: CLOSED })]
  ]))
})

function engineStates (t: Test, port: number): Record<string, () => Promise<State>> {
  const states: Record<string, () => Promise<State>> = {}
  for (const eio of VERSIONS) {
    const attempt = async (says: Buffer[]): Promise<State> => {
      const client = await engine(t, port, eio, 'xhr')
      return { path: pathOf(client.url('websocket')), says, ends: REFUSED, goesOn: () => echoes(client, 'by polls') }
    }
    const second = async (way: 'xhr' | 'upgraded'): Promise<State> => {
      const client = await engine(t, port, eio, way)
      if (way === 'xhr') await client.newWire().opened
      return { path: pathOf(client.url('websocket')), ends: CLOSED, goesOn: () => echoes(client, 'by the other') }
    }
    Object.assign(states, {
      [`engine ${eio}`]: async () => ({ path: `/socket.io/?EIO=${eio}&transport=websocket`, ends: REFUSED }),
      [`engine ${eio}, before the probe`]: () => attempt([]),
      [`engine ${eio}, after the probe`]: () => attempt([text('2probe')]),
      [`engine ${eio}, beside a probe`]: () => second('xhr'),
      [`engine ${eio}, beside a WebSocket`]: () => second('upgraded')
    })
  }
  return states
}

/** Writes the frame with the request, or when the WebSocket is open. */
async function write (port: number, { path, says = [] }: State, bytes: Buffer, together: boolean): Promise<string> {
  const raw = new RawConnection(port)
  const request = Buffer.from(head('GET', path, ...UPGRADE))
  const frames = Buffer.concat([...says, bytes])
  await raw.write(together ? Buffer.concat([request, frames]) : request)
  const { status } = await raw.answer()
  if (status !== 101) return `answered with ${status}`
  if (!together) await raw.write(frames)
  await raw.closed
  return raw.received.toString('hex')
}

t.test('a frame with reserved bits is answered with 1002, whatever the state of its WebSocket', async (t) => {
  const target = await startTarget(t, 'packets')
  const { port, dialects } = target
  const states = { ...(dialects.includes('revision 1') && revision1States(port)), ...engineStates(t, port) }
  const { sessions } = await target.state()
  let goOn = 0
  const { ended } = await withstands(t, target, { held: 4, peak: 32 }, async () => {
    for (const [name, enter] of Object.entries(states)) {
      for (const [bits, bytes] of Object.entries(FRAMES)) {
        for (const together of [true, false]) {
          const state = await enter()
          t.match(await write(port, state, bytes, together), state.ends, `${name}: ${bits}${together ? ', with the request' : ''}`)
          if (state.goesOn === undefined) continue
          await state.goesOn()
          goOn++
        }
      }
    }
  })
  t.strictSame(ended, { 'protocol violation': 40 }, 'those that the WebSocket carried, in ten ways each')
  t.equal((await target.state()).sessions, sessions + goOn, 'the others go on')
})
