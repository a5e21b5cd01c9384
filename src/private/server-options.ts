// Private part of socket.io: the options of a Server.
// What: `io._opts`, marked as internal in its types; adapters read the same object as `nsp.server.opts`. Seen in socket.io 4.8.
// When it is gone: a warning at registration, unless the option `parser` says what is needed of it. A parser of the Server's own is then not found.
//   Offsets of connection state recovery: adapter-offsets.ts.
import type { Server, ServerOptions } from 'socket.io'

/** The options of a Server; undefined where it does not tell them. */
export function optionsOf (io: Server): Partial<ServerOptions> | undefined {
  const { _opts: options }: { _opts?: unknown } = io
  return typeof options === 'object' && options !== null ? options : undefined
}
