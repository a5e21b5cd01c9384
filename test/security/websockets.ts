// Every WebSocket of the server, down to its frames: of each dialect and name, opened as such, moved to from polls, and only tried out.
import { constants, inflateRawSync } from 'node:zlib'
import type { Test } from 'tap'
import type { Teardown } from '../kit/teardown.js'
import type { EngineClient } from '../kit/engine-io/client.js'
import { head, Raw, UPGRADE } from '../kit/raw/tcp.js'
import { echoes, engine, handshake, VERSIONS } from './sessions.js'

/** The first byte of a frame: `FIN`, or'ed with an opcode. */
export const FIN = 0x80
/** Of a message that is compressed. */
export const RSV1 = 0x40
/** The line that agrees to that; each message by itself. */
export const DEFLATE = 'Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover'
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** A client's frame as its first byte has it; it may say that it is longer than it is. The mask is of zeros, which change nothing. */
export function frame (first: number, payload: string | Uint8Array = '', length: number | bigint = Buffer.byteLength(payload)): Buffer {
  const bytes = Buffer.from(payload)
  const long = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8)
  if (long.length === 2) long.writeUInt16BE(Number(length))
  if (long.length === 8) long.writeBigUInt64BE(BigInt(length))
  const short = long.length === 0 ? Number(length) : long.length === 2 ? 126 : 127
  return Buffer.concat([Buffer.of(first, 0x80 | short), long, Buffer.alloc(4), bytes])
}

/** Many frames as one. */
export const times = (count: number, bytes: Buffer): Buffer => Buffer.concat(Array.from({ length: count }, () => bytes))

/** What a server says last on a WebSocket that it closes. */
const closing = (code: number): Buffer => Buffer.of(FIN | OPCODE.close, 2, code >> 8, code & 0xff)

/** One WebSocket, open. */
export class RawWebSocket {
  readonly name: string
  readonly raw: Raw
  /** How the application's echo of a text is asked for. */
  readonly message: (text: string) => string
  /** Speaks for the session that this WebSocket is only tried out for. */
  readonly polling: EngineClient | undefined

  constructor (name: string, raw: Raw, message: (text: string) => string, polling?: EngineClient) {
    this.name = name
    this.raw = raw
    this.message = message
    this.polling = polling
  }

  send (text: string): Promise<void> { return this.raw.write(frame(FIN | OPCODE.text, text)) }

  /** Takes one frame, as text. @throws when it is no text, which may be compressed */
  async take (): Promise<string> {
    const [first = 0, short = 0] = await this.raw.take(2)
    const length = short < 126 ? short : short === 126 ? (await this.raw.take(2)).readUInt16BE() : Number((await this.raw.take(8)).readBigUInt64BE())
    const payload = await this.raw.take(length)
    if (first === (FIN | OPCODE.text)) return payload.toString()
    if (first === (FIN | RSV1 | OPCODE.text)) return inflateRawSync(payload, { finishFlush: constants.Z_SYNC_FLUSH }).toString()
    throw new Error(`a frame that begins with ${first.toString(16)} and holds ${payload.toString('hex')}`)
  }

  /** @throws when another frame comes */
  async expects (text: string): Promise<void> {
    const taken = await this.take()
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
    await this.send(this.message(text))
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

/** Asks for an upgrade. @throws when it is refused */
async function upgrade ({ t, port, lines }: Where, path: string): Promise<Raw> {
  const raw = new Raw(port)
  t.teardown(() => raw.socket.destroy())
  await raw.write(head('GET', path, ...UPGRADE, ...lines))
  const { status, body } = await raw.answer()
  if (status !== 101) throw new Error(`${path}: ${status} ${body}`)
  return raw
}

type Open = (where: Where) => Promise<RawWebSocket>

const revision1 = (name: 'websocket' | 'flashsocket'): Open => async (where) => {
  const raw = await upgrade(where, `/socket.io/1/${name}/${await handshake(where.port)}`)
  const opened = new RawWebSocket(`revision 1, ${name}`, raw, ofRevision1)
  await opened.expects('1::')
  return opened
}

const urlOf = (eio: number): string => `/socket.io/?EIO=${eio}&transport=websocket`

const direct = (eio: 3 | 4): Open => async (where) => {
  const opened = new RawWebSocket(`engine ${eio}, websocket`, await upgrade(where, urlOf(eio)), ofEngine)
  await opened.expects('0{"sid":"')
  if (eio === 4) await opened.send('40')
  await opened.expects('40')
  return opened
}

const triedOut = (eio: 3 | 4): Open => async (where) => {
  const polling = await engine(where.t, where.port, eio, 'xhr')
  const raw = await upgrade(where, `${urlOf(eio)}&sid=${polling.sid}`)
  return new RawWebSocket(`engine ${eio}, tried out`, raw, ofEngine, polling)
}

const upgraded = (eio: 3 | 4): Open => async (where) => {
  const { raw } = await triedOut(eio)(where)
  const opened = new RawWebSocket(`engine ${eio}, upgraded`, raw, ofEngine)
  await opened.send('2probe')
  await opened.expects('3probe')
  await opened.send('5')
  await opened.echoes('moved')
  return opened
}

const KINDS: readonly Open[] = [
  revision1('websocket'), revision1('flashsocket'), ...VERSIONS.flatMap((eio) => [direct(eio), triedOut(eio), upgraded(eio)])
]

/** One of each kind. @param lines more lines of their requests */
export async function webSockets (t: Teardown, port: number, ...lines: string[]): Promise<RawWebSocket[]> {
  const all: RawWebSocket[] = []
  for (const open of KINDS) all.push(await open({ t, port, lines }))
  return all
}
