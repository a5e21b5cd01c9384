// Converts those options of socket.io's Server that concern transports to options of the plugin. Only what is given is converted.
import type { FastifyRequest } from 'fastify'
import type { ServerOptions } from 'socket.io'
import type { SocketioTransportsOptions, TransportName } from '../../types/index.js'
import { RefusedRequest } from '../errors.js'
import { clientFolder } from '../official-server.js'
import { toCors } from './cors.js'

type Given = Partial<ServerOptions>
type AllowRequest = NonNullable<ServerOptions['allowRequest']>
type Authorize = NonNullable<SocketioTransportsOptions['authorize']>

/** Options with the same name and meaning in both. */
const SAME = ['pingInterval', 'pingTimeout', 'upgradeTimeout', 'allowUpgrades', 'cookie'] as const

/** The largest limit of `ws`, for applications that set Infinity. */
const NO_LIMIT = 2 ** 31 - 1
/** engine.io's default: shorter messages are not compressed, bytes. */
const DEFLATE_THRESHOLD = 1024

/** What a transport of engine.io is in all generations, in the order in which clients of revision 1 try them. */
const CARRIERS: readonly (readonly [name: 'polling' | 'websocket', ours: readonly TransportName[]])[] = [
  ['websocket', ['websocket']],
  ['polling', ['htmlfile', 'xhr-polling', 'jsonp-polling', 'polling']]
]

/** Converts `allowRequest`. As in engine.io, the client gets the text that was given to the callback. */
function toAuthorize (allowRequest: AllowRequest): Authorize {
  return function authorize (request: FastifyRequest): Promise<true> {
    return new Promise((resolve, reject) => {
      const answer: unknown = allowRequest(request.raw, (message, allowed) => allowed
        ? resolve(true)
        : reject(new RefusedRequest('unauthorized', 'allowRequest refused the request', message ? { message } : {})))
      if (answer instanceof Promise) answer.catch(reject)
    })
  }
}

function toDeflate (given: NonNullable<Given['perMessageDeflate']>): object | false {
  return given === false ? false : { threshold: DEFLATE_THRESHOLD, ...(given === true ? {} : given) }
}

/** Converts the options. `allowEIO3: true` needs no option for the dialects, because the plugin serves all of them. */
export function fromServerOptions (given: Given): SocketioTransportsOptions {
  const { path, transports, allowEIO3, maxHttpBufferSize, cors, allowRequest, perMessageDeflate, serveClient } = given
  const same = SAME.filter((name) => given[name] !== undefined).map((name) => [name, given[name]])
  return {
    ...Object.fromEntries(same) as Pick<SocketioTransportsOptions, typeof SAME[number]>,
    ...(path && { path: path.replace(/\/$/, '') }),
    ...(transports && { transports: CARRIERS.flatMap(([name, ours]) => transports.includes(name) ? ours : []) }),
    // engine.io treats old clients that send no EIO as Engine.IO 3.
    ...(allowEIO3 === true && { assumeEngine3: true }),
    ...(allowEIO3 === false && { dialects: ['engine 4'] }),
    ...(maxHttpBufferSize !== undefined && { maxPayload: Math.min(maxHttpBufferSize, NO_LIMIT) }),
    ...(cors && { cors: toCors(cors) }),
    ...(allowRequest && { authorize: toAuthorize(allowRequest) }),
    ...(perMessageDeflate !== undefined && { perMessageDeflate: toDeflate(perMessageDeflate) }),
    ...(serveClient !== undefined && { serveClient: serveClient && clientFolder() })
  }
}
