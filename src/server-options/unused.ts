// Which options of socket.io's Server have no effect after their conversion, as sentences for the log.
import type { ServerOptions } from 'socket.io'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { NOT_HERE } from '../option-hints.js'
import { unusedOfCors } from './cors.js'

/** Whether the plugin has this transport of engine.io. It has no WebTransport. */
export const isTransport = (name: string): name is 'polling' | 'websocket' => name === 'polling' || name === 'websocket'

/** Returns a sentence for each given option without effect. @param used what the options were converted to */
export function unusedOf ({ transports = [], cors, ...given }: Partial<ServerOptions>, used: SocketioTransportsOptions): string[] {
  const { addTrailingSlash, ...notHere } = NOT_HERE // has an effect: both forms of the path are served
  const unused = [
    ...Object.entries(notHere).map(([name, instead]) => name in given && `${name} has no effect: ${instead}`),
    ...(cors ? unusedOfCors(cors) : []).map((name) => `${name} has no effect: register @fastify/cors for the whole app`),
    Object(cors).credentials === true && used.cors?.credentials !== true &&
      'cors.credentials has no effect with cors.origin "*", because browsers refuse both together: set cors.origin to true, or name the origins',
    ...transports.map((name) => !isTransport(name) && `the transport "${name}" is not served`)
  ]
  return unused.filter((sentence) => sentence !== false)
}
