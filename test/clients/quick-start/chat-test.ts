// The test with a real client in docs/in-your-app.md.
import assert from 'node:assert/strict'
import type { FastifyInstance } from 'fastify'
import { io } from 'socket.io-client'

/** Tests an app that answers the event `chat` with `sent`, and closes it. */
export async function testChat (app: FastifyInstance): Promise<void> {
  const client = io(await app.listen({ port: 0 }))
  assert.equal(await client.timeout(5000).emitWithAck('chat', 'hello'), 'sent')
  client.disconnect() // otherwise it reconnects, and the test does not end
  await app.close()
}
