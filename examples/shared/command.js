// The command line of the examples, and how they start and end. Nothing here is about Socket.IO.
import process from 'node:process'
import { parseArgs } from 'node:util'

/** @typedef {{ value: string, default: string, help: string }} Flag */
/** @typedef {{ about: string, command: string, flags?: Record<string, Flag> }} Command `about` says what it is, `command` starts it */
/** @typedef {{ command: string, port: number, host: string, rest: Record<string, string> }} Values */

/** Writes why the example does not start, and what to do. Ends the process. 1: the machine is the cause; 2: the command line is.
 * @param {1 | 2} code @param {string} text @returns {never} */
export function refuse (code, text) {
  console.error(text)
  process.exit(code)
}

/** Reads the command line: `--port`, `--host`, `--help` and the flags of this example, which are in `rest`.
 * @param {Command} command @returns {Values} */
export function readFlags ({ about, command, flags = {} }) {
  /** @type {Record<string, Flag>} */
  const all = {
    port: { value: 'N', default: process.env['PORT'] || '3000', help: 'the port to listen on; 0: a free one' },
    host: { value: 'H', default: '127.0.0.1', help: 'the address to listen on; 0.0.0.0: all of this machine' },
    ...flags
  }
  const lines = Object.entries(all).map(([name, { value, default: byDefault, help }]) => `  --${name} ${value}`.padEnd(20) + `${help} (default: ${byDefault})`)
  const usage = [about, '', `Usage: ${command} -- [flags]`, '', ...lines, '  --help'.padEnd(20) + 'this text'].join('\n')

  const { help, ...given } = parse(Object.keys(all), usage)
  if (help === true) {
    console.log(usage)
    process.exit(0)
  }
  const { port = '', host = '', ...rest } = Object.fromEntries(Object.entries(all).map(([name, { default: byDefault }]) => [name, String(given[name] ?? byDefault)]))
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) refuse(2, `--port is a number from 0 to 65535, not "${port}".\n\n${usage}`)
  return { command, port: Number(port), host, rest }
}

/** @param {string[]} names @param {string} usage @returns {Record<string, unknown>} */
function parse (names, usage) {
  /** @type {Record<string, { type: 'string' | 'boolean' }>} */
  const options = { ...Object.fromEntries(names.map((name) => [name, { type: 'string' }])), help: { type: 'boolean' } }
  try {
    return parseArgs({ options }).values
  } catch (error) {
    return refuse(2, `${error instanceof Error ? error.message : error}\n\n${usage}`)
  }
}

/** What to do when a server cannot listen, by the code of the error.
 * @type {Record<string, (values: Values) => string>} */
const REMEDIES = {
  EADDRINUSE: ({ port, command }) => `Port ${port} is taken. End the program that listens there, or choose another port:\n  ${command} -- --port ${port + 10}`,
  EACCES: ({ port, command }) => `You may not listen on port ${port}. Choose a port above 1023:\n  ${command} -- --port 3000`,
  EADDRNOTAVAIL: ({ host, command }) => `${host} is no address of this machine. Choose one that is:\n  ${command} -- --host 127.0.0.1`,
  ENOTFOUND: ({ host, command }) => `The host ${host} is not known. Choose an address of this machine:\n  ${command} -- --host 127.0.0.1`
}

/** Listens, and writes the address. At SIGTERM or Ctrl+C the app is closed, so that clients are told. Further signals change nothing: npm and
 * others send more than one.
 * @param {import('fastify').FastifyInstance} app @param {Values} values @returns {Promise<void>} */
export async function run (app, values) {
  const stop = async () => {
    await app.close()
    process.exit(0)
  }
  process.on('SIGTERM', stop).on('SIGINT', stop)
  if (process.connected) process.once('disconnect', stop) // a process of several: the one that started it is gone
  try {
    console.log(`listening on ${await app.listen({ port: values.port, host: values.host })}`)
  } catch (error) {
    const remedy = error instanceof Error && 'code' in error && REMEDIES[String(error.code)]
    if (!remedy) throw error
    refuse(1, remedy(values))
  }
}
