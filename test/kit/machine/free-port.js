import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * Below the ports that Linux (32768 and more), macOS and Windows (49152 and more) give to whoever asks for any: a server or an outgoing connection of another
 * test, which would have the port before the process that is started for it.
 */
const [LOWEST, HIGHEST] = [15_000, 32_000]

/** @param {number} port */
async function isFree (port) {
  const server = createServer().listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}

/** A port that nobody has, and so many in a row. @returns the first of them */
export async function freePort (count = 1) {
  for (;;) {
    const first = randomInt(LOWEST, HIGHEST)
    const areFree = await Promise.all(Array.from({ length: count }, (_, i) => isFree(first + i)))
    if (!areFree.includes(false)) return first
  }
}
