// How a server goes: its clients are told to leave, and the process ends by itself.
import type { Test } from 'tap'
import { fetchText } from '../kit/request.js'
import { WebSocketClient } from '../kit/websocket.js'
import { engine, revision1 } from '../security/entrances.js'
import type { StartApp } from './app.js'

const WAYS = { 'app.close()': {}, 'app.close() with drainTimeout': { drainTimeout: 2000 } }
const WEBSOCKET = '/socket.io/?EIO=4&transport=websocket'

export function shutdownSuite (t: Test, start: StartApp): void {
  for (const [name, options] of Object.entries(WAYS)) {
    t.test(`${name} tells WebSockets, polls and streams, and ends in time`, async (t) => {
      const { url, port, ask } = await start(t, { options: { ...options, transports: ['polling', 'websocket', 'htmlfile', 'xhr-polling'] } })
      const wire = new WebSocketClient(url + WEBSOCKET)
      await wire.next()
      const poll = (await engine(t, port, 4, 'xhr')).hold().answer
      const stream = await revision1(t, port, 'htmlfile')
      const old = await revision1(t, port, 'websocket')
      const { ms } = await ask('close')
      t.ok(ms < 5000, `${ms} ms`)
      t.equal(await wire.closed, 1001)
      t.match(await poll, { status: 200, body: /^1$/ })
      t.equal(await stream.next(), '7:::1+0')
      t.match(await old.held?.ended, { whole: true })
      await t.rejects(fetchText(`${url}/`))
    })
  }

  t.test('SIGTERM', async (t) => {
    const { url, terminate } = await start(t)
    const wire = new WebSocketClient(url + WEBSOCKET)
    await wire.next()
    t.equal(await terminate(), 0)
    t.equal(await wire.closed, 1001)
  })
}
