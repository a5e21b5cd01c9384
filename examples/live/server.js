// One page with clients of every generation side by side, over all their transports. A message of one client is sent to all.
//   npm start                       http://127.0.0.1:3000
//   npm start -- --port N --host H  or with PORT set
import { readFlags, run } from '../shared/command.js'
import { buildLive } from './app.js'

const flags = readFlags({ about: 'A page with the real clients 0.9, 1.x, 2.x, 3.x and 4.x side by side, over each of their transports.', command: 'npm start' })

/** The port that the server has; each restart takes it again. */
let port = flags.port
let app = await build()

function build () {
  return buildLive({}, { restart, inspector: true })
}

/** Closes the server, which drains it, and opens another one on the same port. */
async function restart () {
  await app.close()
  app = await build()
  await app.listen({ port, host: flags.host })
}

/** What the shared code for one server needs. */
const front = {
  /** @param {{ port: number, host: string }} at */
  async listen (at) {
    const url = await app.listen(at)
    port = Number(new URL(url).port || 80)
    return url
  },
  close: () => app.close()
}
await run(/** @type {import('fastify').FastifyInstance} */ (/** @type {unknown} */ (front)), flags)
