// Every way to POST: a session on each transport that takes bodies, down to the request.
import type { Teardown } from '../kit/teardown.js'
import { toForm } from '../kit/revision-1/payload.js'
import type { Revision1Client } from '../kit/revision-1/client.js'
import type { EngineClient, Way } from '../kit/engine-io/client.js'
import type { DialectName } from '../../types/socket.js'
import type { Revision1Transport } from '../../src/transports/index.js'
import { echoes, engine, POLLING, POSTING, revision1, VERSIONS } from './entrances.js'
import type { Target } from './withstands.js'
import type { Eio } from '../kit/engine-io/payload.js'

/** A session, and how its POSTs look. */
export interface Poster {
  readonly name: string
  readonly dialect: DialectName
  readonly jsonp: boolean
  readonly client: Revision1Client | EngineClient
  readonly path: string
  readonly type: string
  /** A payload as the transport's body. */
  body (payload: string): string
  /** One message as a payload. */
  message (text: string): string
  /** How a body that was taken is answered, and one that is too large. */
  readonly taken: readonly [status: number, body: string]
  readonly tooLarge: readonly [status: number, body: string]
  /** The session lives. */
  lives (): Promise<void>
}

const FORM = 'application/x-www-form-urlencoded'
const TEXT = 'text/plain;charset=UTF-8'

/** A URL without its origin. */
export const pathOf = (url: string): string => url.slice(new URL(url).origin.length)

function ofRevision1 (client: Revision1Client): Poster {
  const jsonp = client.name === 'jsonp-polling'
  return {
    name: `revision 1, ${client.name}`,
    dialect: 'revision 1',
    jsonp,
    client,
    path: pathOf(client.url),
    type: jsonp ? FORM : TEXT,
    body: (payload) => jsonp ? toForm(payload) : payload,
    message: (text) => `3:::${text}`,
    taken: [200, '1'],
    tooLarge: [413, 'payload too large'],
    lives: () => echoes(client, 'still here')
  }
}

function ofEngine (client: EngineClient): Poster {
  const jsonp = client.way === 'jsonp'
  return {
    name: `engine ${client.eio}, ${client.way}`,
    dialect: `engine ${client.eio}`,
    jsonp,
    client,
    path: pathOf(client.url('polling')),
    type: jsonp ? FORM : TEXT,
    body: (payload) => jsonp ? `d=${encodeURIComponent(payload)}` : payload,
    message: (text) => {
      const packet = `42["message","${text}"]`
      return client.eio === 4 ? packet : `${packet.length}:${packet}`
    },
    taken: [200, 'ok'],
    tooLarge: [413, '{"code":3,"message":"Payload too large"}'],
    lives: () => echoes(client, 'still here')
  }
}

export const revision1Poster = async (t: Teardown, port: number, name: Revision1Transport): Promise<Poster> =>
  ofRevision1(await revision1(t, port, name))

export const enginePoster = async (t: Teardown, port: number, eio: Eio, way: Way): Promise<Poster> =>
  ofEngine(await engine(t, port, eio, way))

/** A session of each dialect, or of those named, on each transport that POSTs. */
export async function posters (t: Teardown, { port, dialects }: Pick<Target, 'port' | 'dialects'>): Promise<Poster[]> {
  const all: Poster[] = []
  if (dialects.includes('revision 1')) for (const name of POSTING) all.push(await revision1Poster(t, port, name))
  for (const eio of VERSIONS) {
    if (dialects.includes(`engine ${eio}`)) for (const way of POLLING) all.push(await enginePoster(t, port, eio, way))
  }
  return all
}
