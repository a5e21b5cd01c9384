// With `slowClient: 'drop'`, nobody is ended for volatile packets alone, however large they are beside the room that there is.
import t from 'tap'
import { portOf, pluginApp } from '../kit/servers/app.js'
import { EngineClient } from '../kit/engine-io/client.js'
import { turn } from '../kit/waiting.js'

for (const [clients, size] of [[12, 100_000], [40, 20_000], [1, 900_000]] as const) {
  t.test(`${clients} clients that read nothing, and volatile packets of ${size} bytes`, async (t) => {
    const app = await pluginApp(t, { slowClient: 'drop', maxTotalQueueBytes: clients * 80_000 + 100_000 })
    const port = await portOf(app)
    for (let i = 0; i < clients; i++) {
      const client = new EngineClient(port, 4, 'websocket')
      t.teardown(() => client.close())
      await client.open()
      client.wire?.socket.pause()
    }
    for (let round = 0; round < 10_000_000 / size + 50; round++) {
      for (const socket of app.socketio.sessions.values()) socket.write('x'.repeat(size), { volatile: true })
      await turn()
    }
    t.strictSame(app.socketio.metrics.ended, {})
    t.ok(app.socketio.metrics.dropped > 0)
  })
}
