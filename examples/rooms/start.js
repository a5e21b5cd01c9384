// Starts a Redis, if REDIS_URL names none, and two nodes on two ports.
//   npm run example:rooms
import { readFlags } from '../shared/command.js'
import { startProcess } from '../shared/processes.js'
import { redisFor } from '../shared/redis.js'

const COMMAND = 'npm run example:rooms'
const { port, host } = readFlags({ about: 'Rooms over Redis, on two nodes. The second one listens on the port after --port.', command: COMMAND })

const redis = await redisFor(COMMAND)

const node = new URL('node.js', import.meta.url)
const start = (name, wanted) => startProcess(name, node, ['--port', String(wanted), '--host', host], { REDIS_URL: redis })
const first = await start('node 1', port)
const second = await start('node 2', port === 0 ? 0 : port + 1)
console.log(`listening on ${first}`)
console.log(`         and ${second}`)
