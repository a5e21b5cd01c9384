// A Redis for an example: the one that REDIS_URL names, or one that is started for it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { createClient } from 'redis'
import { refuse } from './command.js'

/** A Redis that keeps nothing, on a free port. It ends with this process. */
async function startRedis (command) {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const free = probe.address().port
  await new Promise((resolve) => { probe.close(resolve) })

  // Detached: Ctrl+C reaches the nodes first, which still need it.
  const redis = spawn('redis-server', ['--port', free, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  redis.once('error', () => refuse(1, `There is no redis-server on the PATH. Install it (Debian: apt install redis-server, macOS: brew install redis), or name a Redis that runs:
  REDIS_URL=redis://127.0.0.1:6379 ${command}`))
  process.once('exit', () => redis.kill())
  for await (const line of createInterface(redis.stdout)) {
    if (!line.includes('Ready to accept connections')) continue
    redis.stdout.resume()
    return `redis://127.0.0.1:${free}`
  }
  return refuse(1, 'redis-server has ended before it was ready. Start a Redis yourself, and name it: REDIS_URL=redis://127.0.0.1:6379 ' + command)
}

/** A Redis that is named must answer. */
async function check (url) {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 3000 } })
  client.on('error', () => {}) // `connect` rejects
  try {
    await client.connect()
    client.destroy()
  } catch (error) {
    refuse(1, `No Redis answers at ${url} (${error.code ?? error.message}). Start one there, or unset REDIS_URL: then redis-server is started for you.`)
  }
}

/** Finds or starts a Redis. @param {string} command that starts the example @returns {Promise<string>} its URL */
export async function redisFor (command) {
  const { REDIS_URL } = process.env
  if (!REDIS_URL) return await startRedis(command)
  await check(REDIS_URL)
  return REDIS_URL
}
