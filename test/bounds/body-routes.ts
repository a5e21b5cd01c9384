// Every route that reads a body, whatever becomes of it.
import type { FastifyInstance } from 'fastify'
import { connectPolling } from '../kit/revision-1/inject.js'
import { connectEngine } from '../kit/engine-io/inject.js'
import { ALL } from '../kit/revision-1/client.js'
import { ENGINE_3, ENGINE_4 } from '../kit/engine-io/payload.js'

export const OPTIONS = { transports: [...ALL, 'polling'] as const }

export interface Route {
  /** Default: POST. */
  readonly method?: 'PUT' | 'PATCH' | 'DELETE'
  /** SID3 and SID4 are polling sessions, OLD is one of revision 1. */
  readonly url: string
  /** In whose words it refuses. */
  readonly dialect: 'engine' | 'revision 1'
}

const ENGINE = ([method, query]: readonly [Route['method'], string]): Route => ({ ...(method && { method }), url: `/socket.io/?${query}`, dialect: 'engine' })
const REVISION_1 = (path: string): Route => ({ url: `/socket.io/${path}`, dialect: 'revision 1' })

export const ROUTES: readonly Route[] = [
  ...([
    [undefined, 'EIO=3&transport=polling&sid=SID3'],
    [undefined, 'EIO=4&transport=polling&sid=SID4'],
    [undefined, 'EIO=4&transport=polling&sid=SID4&j=0'],
    [undefined, 'EIO=4&transport=polling'],
    [undefined, 'EIO=4&transport=polling&sid=nobody'],
    [undefined, 'EIO=4&transport=websocket&sid=SID4'],
    [undefined, 'EIO=4&transport=unknown'],
    [undefined, 'EIO=9'],
    ['PUT', 'EIO=4&transport=polling&sid=SID4'],
    ['PATCH', 'EIO=3&transport=polling'],
    ['DELETE', 'EIO=4&transport=websocket']
  ] as const).map(ENGINE),
  ...['1/', '1', '1/?jsonp=1', '1/xhr-polling/', '1/unknown', '2/'].map(REVISION_1),
  ...['xhr-polling', 'jsonp-polling', 'htmlfile', 'xhr-multipart', 'websocket', 'unknown'].map((name) => REVISION_1(`1/${name}/OLD`)),
  REVISION_1('1/xhr-polling/nobody')
]

/** Opens the sessions, and returns what puts their ids into a URL. */
export async function sessionsIn (app: FastifyInstance): Promise<(url: string) => string> {
  const [three, four] = [await connectEngine(app, ENGINE_3), await connectEngine(app, ENGINE_4)]
  const ids = { SID3: three.sid, SID4: four.sid, OLD: await connectPolling(app) }
  return (url) => Object.entries(ids).reduce((filled, [name, sid]) => filled.replace(name, sid), url)
}
