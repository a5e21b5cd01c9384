import t from 'tap'
import { captureLog, pluginApp } from '../../kit/servers/app.js'
import { connectEngine, urlOf } from '../../kit/engine-io/inject.js'
import { requestUpgrade } from '../../kit/request.js'
import { DIALECTS } from '../../kit/engine-io/payload.js'

for (const dialect of DIALECTS) {
  const { eio } = dialect

  t.test(`ids of ${eio} may take their time`, async (t) => {
    const app = await pluginApp(t, { generateId: async ({ url }) => url?.includes('polling') === true ? 'polled' : 'direct' })
    t.equal((await connectEngine(app, dialect)).sid, 'polled')
    t.equal((await requestUpgrade(app, urlOf(eio, 'websocket'))).status, 101)
    t.ok(app.socketio.sessions.has('direct'))
  })

  for (const [what, generateId] of [
    ['that throws', () => { throw new Error('no ids left') }],
    ['that rejects', async () => { throw new Error('no ids left') }],
    ['whose id cannot be used', () => 'a:b']
  ] as const) {
    t.test(`a generateId ${what} is a fault of the app, and no upgrade of ${eio} succeeds for it`, async (t) => {
      const { lines, logger } = captureLog('error')
      const app = await pluginApp(t, { generateId }, { logger })
      t.equal((await app.inject(urlOf(eio, 'polling'))).statusCode, 500)
      t.equal((await requestUpgrade(app, urlOf(eio, 'websocket'))).status, 500)
      t.equal(lines.length, 2)
      t.equal(app.socketio.sessions.size, 0)
    })
  }
}
