// Every WebSocket of the server, down to its frames: of each dialect and name, opened as such, moved to from polls, and only tried out.
import type { Test } from 'tap'
import type { EngineClient } from '../kit/engine-io/client.js'
import { closing } from '../kit/raw/frames.js'
import { rawWebSocket } from '../kit/raw/websocket.js'
import type { RawWebSocket } from '../kit/raw/websocket.js'
import type { Teardown } from '../kit/teardown.js'
import { echoes, engine, VERSIONS } from './entrances.js'
import { handshakeAt } from '../kit/revision-1/client.js'

/** The line that agrees to compression; each message by itself. */
export const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover'

/** Many frames as one. */
export const times = (count: number, bytes: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => bytes))

/** One WebSocket, open. */
export class Attacked {
  readonly name: string
  readonly raw: RawWebSocket
  /** How the application's echo of a text is asked for. */
  readonly message: (text: string) => string
  /** Speaks for the session that this WebSocket is only tried out for. */
  readonly polling: EngineClient | undefined

  constructor (name: string, raw: RawWebSocket, message: (text: string) => string, polling?: EngineClient) {
    this.name = name
    this.raw = raw
    this.message = message
    this.polling = polling
  }

  /** @throws when another frame comes */
  async expects (text: string): Promise<void> {
    const taken = await this.raw.takeText()
    if (!taken.startsWith(text)) throw new Error(`${this.name}: ${text} was expected, ${taken} came`)
  }

  /** It is closed by the server with this code and its session has ended; one that it was only tried out for goes on. */
  async isClosed (t: Test, code: number): Promise<void> {
    t.strictSame(await this.raw.take(4), closing(code), this.name)
    await this.raw.closed
    if (this.polling !== undefined) await t.resolves(this.echoes('still here'), `${this.name}: the session lives`)
  }

  /** Sends a message and hears it come back, here or by polls: the session lives. */
  async echoes (text: string): Promise<void> {
    if (this.polling !== undefined) return echoes(this.polling, text)
    await this.raw.send(this.message(text))
    await this.expects(this.message(text))
  }
}

const ofRevision1 = (text: string): string => `3:::${text}`
const ofEngine = (text: string): string => `42["message","${text}"]`

/** Where WebSockets are opened. */
interface Where {
  readonly t: Teardown
  readonly port: number
  /** More lines of the request. */
  readonly lines: readonly string[]
}

const upgrade = ({ t, port, lines }: Where, path: string): Promise<RawWebSocket> =>
  rawWebSocket(t, `http://127.0.0.1:${port}${path}`, lines)

type Open = (where: Where) => Promise<Attacked>

const revision1 = (name: 'websocket' | 'flashsocket'): Open => async (where) => {
  const raw = await upgrade(where, `/socket.io/1/${name}/${await handshakeAt(where.port)}`)
  const opened = new Attacked(`revision 1, ${name}`, raw, ofRevision1)
  await opened.expects('1::')
  return opened
}

const urlOf = (eio: number): string => `/socket.io/?EIO=${eio}&transport=websocket`

const direct = (eio: 3 | 4): Open => async (where) => {
  const opened = new Attacked(`engine ${eio}, websocket`, await upgrade(where, urlOf(eio)), ofEngine)
  await opened.expects('0{"sid":"')
  if (eio === 4) await opened.raw.send('40')
  await opened.expects('40')
  return opened
}

const triedOut = (eio: 3 | 4): Open => async (where) => {
  const polling = await engine(where.t, where.port, eio, 'xhr')
  const raw = await upgrade(where, `${urlOf(eio)}&sid=${polling.sid}`)
  return new Attacked(`engine ${eio}, tried out`, raw, ofEngine, polling)
}

const upgraded = (eio: 3 | 4): Open => async (where) => {
  const { raw } = await triedOut(eio)(where)
  const opened = new Attacked(`engine ${eio}, upgraded`, raw, ofEngine)
  await opened.raw.send('2probe')
  await opened.expects('3probe')
  await opened.raw.send('5')
  await opened.echoes('moved')
  return opened
}

const KINDS: readonly Open[] = [
  revision1('websocket'), revision1('flashsocket'), ...VERSIONS.flatMap((eio) => [direct(eio), triedOut(eio), upgraded(eio)])
]

/** One of each kind. @param lines more lines of their requests */
export async function webSockets (t: Teardown, port: number, ...lines: string[]): Promise<Attacked[]> {
  const all: Attacked[] = []
  for (const open of KINDS) all.push(await open({ t, port, lines }))
  return all
}
