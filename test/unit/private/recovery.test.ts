// Private parts that recovery needs, and that are gone: an error when the Server is made, or the adapter does what it did without the wrapper.
import { createAdapter } from '@socket.io/redis-streams-adapter'
import type { Socket } from 'socket.io'
import t from 'tap'
import { recoverable } from '../../../src/recovery.js'
import { captureLog, pluginApp, portOf } from '../../kit/servers/app.js'
import { join4 } from '../../kit/official-clients.js'
import { until } from '../../kit/waiting.js'
import { FakeRedis } from '../../recovery/fake-redis.js'

for (const part of ['apply', 'onMessage', 'uid', 'sids']) {
  t.test(`without ${part} of the adapter, the Server is not made`, async (t) => {
    const adapter = recoverable(new FakeRedis().client(), (client) => {
      const make = createAdapter(client)
      return (nsp: object) => Object.assign(make(nsp), { [part]: undefined })
    })
    await t.rejects(pluginApp(t, { io: { adapter, connectionStateRecovery: {} } }), {
      code: 'FST_SIO_NOT_RECOVERABLE', message: /this version of the adapter \(RedisStreamsAdapter\) lacks .+; use createAdapter of/
    })
  })
}

t.test('without pid of a socket, sessions are saved at their end, and one line says so', async (t) => {
  const redis = new FakeRedis()
  const { lines, logger } = captureLog('warn')
  const { log } = await pluginApp(t, {}, { logger })
  const app = await pluginApp(t, { io: { adapter: recoverable(redis.client(), createAdapter, { log }), connectionStateRecovery: {} } })
  const hide = (socket: Socket): void => { Reflect.deleteProperty(socket, 'pid') }
  app.io.use((socket, next) => {
    hide(socket)
    next()
  })
  const url = `http://127.0.0.1:${await portOf(app)}`
  const clients = [await join4(t, url), await join4(t, url)]
  t.match(lines, [{ msg: /does not tell the id by which a client asks for its session/ }])
  t.equal(lines.length, 1)
  t.equal(redis.count.set, undefined)
  for (const client of clients) client.io.engine.close()
  await until(() => redis.count.set === 2)
})
