// Every dialect on each of its transports: how a session is opened, and how frames are brought.
import { Http } from './http.js'
import { toBinaryPayload, toForm, toMessage, toPayload } from './payloads.js'
import type { Body, Dialect } from './payloads.js'
import type { Frame } from './script.js'
import { RawWebSocket } from './websocket.js'

/** An open session. */
export interface Session {
  /** Whether the session is still there, once the server has read the frames. */
  send (frames: readonly Frame[]): Promise<boolean>
  close (): void
}

/** Opens a session; undefined when the server does not let it in. */
export type Way = (port: number) => Promise<Session | undefined>

const REVISION_1 = '/socket.io/1/'
/** Larger payloads are refused whole; bytes. */
const MAX_BODY = 950_000

function onWebSocket (port: number, path: string, dialect: Dialect): Promise<Session | undefined> {
  const socket = new RawWebSocket(port, path)
  const session = { send: (frames: readonly Frame[]) => socket.send(frames.map((frame) => toMessage(frame, dialect))), close: () => socket.close() }
  return socket.opened.then((opened) => opened ? session : undefined)
}

interface Posting {
  readonly http: Http
  readonly port: number
  readonly path: string
  readonly encode: (frames: readonly Frame[]) => Body
  readonly last: string
}

/** A session whose frames go by POST. */
function posting ({ http, port, path, encode, last }: Posting): Session {
  async function send (frames: readonly Frame[]): Promise<boolean> {
    const { body, type } = encode(frames)
    if (body.length > MAX_BODY && frames.length > 1) {
      const middle = frames.length >> 1
      return await send(frames.slice(0, middle)) && await send(frames.slice(middle))
    }
    return (await http.ask({ port, path, body, type })).status === 200
  }
  const close = (): void => { http.ask({ port, path, ...encode([last]) }).finally(() => http.close()) }
  return { send, close }
}

function refused (http: Http): undefined {
  http.close()
}

function engine (version: 3 | 4, query: string, encode: (frames: readonly Frame[]) => Body): Way {
  return async (port) => {
    const http = new Http()
    const path = `/socket.io/?EIO=${version}&transport=polling${query}`
    const { body } = await http.ask({ port, path })
    const sid = /sid\\?":\\?"([\w-]+)/.exec(body)?.[1]
    if (sid === undefined) return refused(http)
    http.poll({ port, path: `${path}&sid=${sid}` })
    return posting({ http, port, path: `${path}&sid=${sid}`, encode, last: '1' })
  }
}

async function handshake (http: Http, port: number): Promise<string | undefined> {
  const { body } = await http.ask({ port, path: REVISION_1 })
  return /^([\w-]+):/.exec(body)?.[1]
}

function revision1 (transport: string): Way {
  const encode = (frames: readonly Frame[]): Body => (transport === 'jsonp-polling' ? toForm : toPayload)(frames, 'revision 1')
  return async (port) => {
    const http = new Http()
    const sid = await handshake(http, port)
    if (sid === undefined) return refused(http)
    const path = `${REVISION_1}${transport}/${sid}`
    if (transport.endsWith('socket')) {
      http.close()
      return await onWebSocket(port, path, 'revision 1')
    }
    if (transport.endsWith('polling')) http.poll({ port, path: `${path}?i=1` })
    else http.ask({ port, path })
    return posting({ http, port, path, encode, last: '0::' })
  }
}

const engineWays = (version: 3 | 4): [string, Way][] => {
  const dialect: Dialect = `engine ${version}`
  return [
    [`${dialect} websocket`, (port) => onWebSocket(port, `/socket.io/?EIO=${version}&transport=websocket`, dialect)],
    [`${dialect} websocket, b64`, (port) => onWebSocket(port, `/socket.io/?EIO=${version}&transport=websocket&b64=1`, dialect)],
    [`${dialect} polling`, engine(version, '', version === 3 ? toBinaryPayload : (frames) => toPayload(frames, dialect))],
    [`${dialect} polling, b64`, engine(version, '&b64=1', (frames) => toPayload(frames, dialect))],
    [`${dialect} jsonp`, engine(version, '&j=7', (frames) => toForm(frames, dialect))]
  ]
}

export const WAYS: ReadonlyMap<string, Way> = new Map([
  ...['websocket', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling'].map((name) => [`revision 1 ${name}`, revision1(name)] as [string, Way]),
  ...engineWays(3),
  ...engineWays(4)
])
export const WAY_NAMES: readonly string[] = [...WAYS.keys()]
