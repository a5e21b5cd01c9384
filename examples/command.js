// Shared by the example applications: the flags `--port N --host H --config JSON`, and a clean shutdown on a signal.
import { parseArgs } from 'node:util'

/** Every transport of every dialect, because clients and tools of all generations are tested with these applications. */
export const TRANSPORTS = ['polling', 'websocket', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling']

/** How long sessions may take to receive their queues and end, after a signal; ms. A second signal ends the process. */
export const DRAIN = 5000

/** Reads the command line: where to listen, and options of the plugin. A path may have a slash at its end. */
export function readFlags () {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '3000' }, host: { type: 'string', default: '127.0.0.1' }, config: { type: 'string', default: '{}' } }
  })
  const { path, ...config } = JSON.parse(values.config)
  return { port: Number(values.port), host: values.host, config: path === undefined ? config : { ...config, path: path.replace(/(.)\/$/, '$1') } }
}

/** Listens, writes the address, and closes the app when the process gets a signal: its sessions end one by one ({@link DRAIN}). */
export async function run (app, { port, host }) {
  const address = await app.listen({ port, host })
  console.log(`listening on ${address}`)
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => app.close().then(() => process.exit(0)))
}
