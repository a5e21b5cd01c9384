// What the example applications share: the flags `--port N --host H --config JSON`, and their way to run until a signal comes.
import { parseArgs } from 'node:util'

/** Every transport of every dialect: clients and tools of all generations are tried against these applications. */
export const TRANSPORTS = ['polling', 'websocket', 'flashsocket', 'htmlfile', 'xhr-multipart', 'xhr-polling', 'jsonp-polling']

/** How long a signal gives the sessions to take what is queued and go, a few at a time; ms. A second one ends the process. */
export const DRAIN = 5000

/** The command line: where to listen, and options of the plugin. A path may be written as its URL is, with a slash at its end. */
export function readFlags () {
  const { values } = parseArgs({
    options: { port: { type: 'string', default: '3000' }, host: { type: 'string', default: '127.0.0.1' }, config: { type: 'string', default: '{}' } }
  })
  const { path, ...config } = JSON.parse(values.config)
  return { port: Number(values.port), host: values.host, config: path === undefined ? config : { ...config, path: path.replace(/(.)\/$/, '$1') } }
}

/** Listens, says where, and closes the app in order when the process is told to end: its sessions go one by one ({@link DRAIN}). */
export async function run (app, { port, host }) {
  const address = await app.listen({ port, host })
  console.log(`listening on ${address}`)
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => app.close().then(() => process.exit(0)))
}
