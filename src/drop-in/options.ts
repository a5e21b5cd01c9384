// Converts those options of socket.io's Server that concern transports to options of the plugin. Pure.
import type { FastifyRequest } from 'fastify'
import type { ServerOptions } from 'socket.io'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { RefusedRequest } from '../errors.js'
import { toCors } from './cors.js'

type Given = Partial<ServerOptions>
type AllowRequest = NonNullable<ServerOptions['allowRequest']>
type Authorize = NonNullable<SocketioTransportsOptions['authorize']>

/** Options with the same name and meaning in both. */
const SAME = ['pingInterval', 'pingTimeout', 'upgradeTimeout', 'allowUpgrades', 'cookie'] as const

/** engine.io's default, in its order. */
const TRANSPORTS: NonNullable<ServerOptions['transports']> = ['polling', 'websocket']

/** engine.io's default, bytes. */
const MAX_HTTP_BUFFER_SIZE = 1e6
/** The largest limit of `ws`, for applications that set Infinity. */
const NO_LIMIT = 2 ** 31 - 1
/** Bytes. engine.io has no limit for a client that reads nothing. This limit is rarely reached before the heartbeat timeout ends such a client. */
const MAX_QUEUE_BYTES = 100 * 1024 * 1024
/** engine.io's default: shorter messages are not compressed, bytes. */
const DEFLATE_THRESHOLD = 1024

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

/** Whether the plugin has this transport of engine.io. It has no WebTransport. */
export const isTransport = (name: string): name is 'polling' | 'websocket' => name === 'polling' || name === 'websocket'

/** Converts the options so that the plugin serves the same clients as the Server would. Other options of `given` are for the Server itself. */
export function toOptions (given: Given): SocketioTransportsOptions {
  const { path, transports = TRANSPORTS, allowEIO3, maxHttpBufferSize = MAX_HTTP_BUFFER_SIZE, cors, allowRequest, perMessageDeflate } = given
  const maxPayload = Math.min(maxHttpBufferSize, NO_LIMIT)
  const same = SAME.filter((name) => given[name] !== undefined).map((name) => [name, given[name]])
  return {
    ...Object.fromEntries(same) as Pick<SocketioTransportsOptions, typeof SAME[number]>,
    ...(path && { path: path.replace(/\/$/, '') }),
    transports: transports.filter(isTransport),
    // engine.io treats old clients that send no EIO as Engine.IO 3.
    ...(allowEIO3 ? { dialects: ['engine 3', 'engine 4'], assumeEngine3: true } : { dialects: ['engine 4'] }),
    maxPayload,
    maxQueueBytes: Math.max(MAX_QUEUE_BYTES, maxPayload),
    ...(cors && { cors: toCors(cors) }),
    ...(allowRequest && { authorize: toAuthorize(allowRequest) }),
    ...(perMessageDeflate !== undefined && { perMessageDeflate: toDeflate(perMessageDeflate) })
  }
}
