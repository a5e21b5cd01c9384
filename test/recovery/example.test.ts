// The example of docs/recovery.md, as a user starts it, with the options of the example.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Test } from 'tap'
import { freePort } from '../kit/machine/free-port.js'
import { redisUrl, skip } from '../kit/machine/redis.js'
import { hear, join4 } from '../kit/official-clients.js'

const EXAMPLE = fileURLToPath(new URL('../../examples/recovery.js', import.meta.url))

async function start (t: Test, url: string) {
  const port = await freePort()
  const child = spawn(process.execPath, [EXAMPLE], { env: { ...process.env, NODE_OPTIONS: '', REDIS_URL: url, PORT: String(port) }, stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) if (String(chunk).includes('Server listening')) break
  child.stdout.resume()
  return { child, exited, url: `http://localhost:${port}` }
}

t.test('the example: a client recovers on the other server, if the first is killed as soon as the client has had an event', { skip }, async (t) => {
  const redis = await redisUrl(t)
  const [one, two] = await Promise.all([start(t, redis), start(t, redis)])
  let welcomed: (() => Promise<unknown[]>) | undefined
  const client = await join4(t, one.url, {}, (socket) => { welcomed = hear(socket, 'welcome') })
  const { id } = client
  await welcomed?.()
  const lost = hear(client, 'disconnect')
  one.child.kill('SIGKILL')
  await lost()
  const back = hear(client, 'connect')
  Object.assign(client.io, { uri: two.url })
  client.connect()
  await back()
  t.equal(client.recovered, true)
  t.equal(client.id, id)
})
