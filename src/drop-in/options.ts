// Adds socket.io's defaults to options of its Server, and converts them to options of the plugin: the same clients are served as the Server would serve.
import type { ServerOptions } from 'socket.io'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { fromServerOptions } from '../server-options/convert.js'
import { isTransport } from '../server-options/unused.js'

/** engine.io's default, in its order. */
const TRANSPORTS: NonNullable<ServerOptions['transports']> = ['polling', 'websocket']
/** engine.io's default, bytes. */
const MAX_HTTP_BUFFER_SIZE = 1e6
/** Bytes. engine.io has no limit for a client that reads nothing. This limit is rarely reached before the heartbeat timeout ends such a client. */
const MAX_QUEUE_BYTES = 100 * 1024 * 1024

/** Converts the options. Those that do not concern transports are for the Server itself; the caller decides about `serveClient`. */
export function toOptions ({ serveClient, ...given }: Partial<ServerOptions>): SocketioTransportsOptions {
  const { transports = TRANSPORTS, allowEIO3, maxHttpBufferSize = MAX_HTTP_BUFFER_SIZE } = given
  const { maxPayload = maxHttpBufferSize, ...converted } = fromServerOptions({ ...given, maxHttpBufferSize })
  return {
    ...converted,
    transports: transports.filter(isTransport),
    dialects: allowEIO3 ? ['engine 3', 'engine 4'] : ['engine 4'],
    maxPayload,
    maxQueueBytes: Math.max(MAX_QUEUE_BYTES, maxPayload)
  }
}
