// The options of socket.io's Server, as far as they are about the transports, as options of the plugin. Pure.
import type { FastifyRequest } from 'fastify'
import type { ServerOptions } from 'socket.io'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { RefusedRequest } from '../errors.js'
import { toCors } from './cors.js'

type Given = Partial<ServerOptions>
type AllowRequest = NonNullable<ServerOptions['allowRequest']>
type Authorize = NonNullable<SocketioTransportsOptions['authorize']>

/** The same name and meaning here and there. */
const SAME = ['pingInterval', 'pingTimeout', 'upgradeTimeout', 'allowUpgrades', 'cookie'] as const

/** What engine.io offers when it is not told, in its order. */
const TRANSPORTS: NonNullable<ServerOptions['transports']> = ['polling', 'websocket']

/** engine.io's; ours would be the same, were it not told to the Server. */
const MAX_HTTP_BUFFER_SIZE = 1e6
/** The largest limit that `ws` knows; some write Infinity. */
const NO_LIMIT = 2 ** 31 - 1
/** engine.io queues without end for a client that reads nothing; until it is given up for its silence, this is as good. */
const MAX_QUEUE_BYTES = 100 * 1024 * 1024
/** engine.io's least size of a message that is worth compressing, bytes. */
const DEFLATE_THRESHOLD = 1024

/** The text that is given to the callback is told to the client, as engine.io does. */
function toAuthorize (allowRequest: AllowRequest): Authorize {
  return function authorize (request: FastifyRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const answer: unknown = allowRequest(request.raw, (message, allowed) => allowed
        ? resolve()
        : reject(new RefusedRequest('unauthorized', 'allowRequest refused the request', message ? { message } : {})))
      if (answer instanceof Promise) answer.catch(reject)
    })
  }
}

function toDeflate (given: NonNullable<Given['perMessageDeflate']>): object | false {
  return given === false ? false : { threshold: DEFLATE_THRESHOLD, ...(given === true ? {} : given) }
}

/** Those that are here: WebTransport is not. */
export const isTransport = (name: string): name is 'polling' | 'websocket' => name === 'polling' || name === 'websocket'

/** The options of the plugin that make it serve what the Server would. Everything else of `given` stays the Server's. */
export function toOptions (given: Given): SocketioTransportsOptions {
  const { path, transports = TRANSPORTS, allowEIO3, maxHttpBufferSize = MAX_HTTP_BUFFER_SIZE, cors, allowRequest, perMessageDeflate } = given
  const maxPayload = Math.min(maxHttpBufferSize, NO_LIMIT)
  const same = SAME.filter((name) => given[name] !== undefined).map((name) => [name, given[name]])
  return {
    ...Object.fromEntries(same) as Pick<SocketioTransportsOptions, typeof SAME[number]>,
    ...(path && { path: path.replace(/\/$/, '') }),
    transports: transports.filter(isTransport),
    // Clients of before EIO was sent are Engine.IO 3 to engine.io.
    ...(allowEIO3 ? { dialects: ['engine 3', 'engine 4'], assumeEngine3: true } : { dialects: ['engine 4'] }),
    maxPayload,
    maxQueueBytes: Math.max(MAX_QUEUE_BYTES, maxPayload),
    ...(cors && { cors: toCors(cors) }),
    ...(allowRequest && { authorize: toAuthorize(allowRequest) }),
    ...(perMessageDeflate !== undefined && { perMessageDeflate: toDeflate(perMessageDeflate) })
  }
}
