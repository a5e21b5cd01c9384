// Private part of socket.io: the options of a Server.
// What: `io._opts`, marked as internal in its types; adapters read the same object as `nsp.server.opts`. Seen in socket.io 4.8.
// When it is gone: a warning at registration, unless the option `parser` is set. The plugin then does not find a custom parser of the Server.
//   Options of the Server without effect are then not warned of. For offsets of connection state recovery see adapter-offsets.ts.
import type { Server, ServerOptions } from 'socket.io'

/** Returns the options of a Server; undefined if they cannot be read in this version. */
export function optionsOf (io: Server): Partial<ServerOptions> | undefined {
  const { _opts: options }: { _opts?: unknown } = io
  return typeof options === 'object' && options !== null ? options : undefined
}
