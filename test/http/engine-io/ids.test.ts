import t from 'tap'
import { ask, connectOfficial } from '../../kit/official-clients.js'
import { captureLog, pluginApp, portOf, serverApp } from '../../kit/servers/app.js'
import { until } from '../../kit/waiting.js'
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

  for (const [what, generateId, message] of [
    ['that throws', () => { throw new Error('no ids left') }, /no ids left/],
    ['that rejects', async () => { throw new Error('no ids left') }, /no ids left/],
    ['whose id cannot be used', () => 'a\nb', /an id must have 1 to 100 printable characters/]
  ] as const) {
    t.test(`a generateId ${what} refuses handshakes of ${eio} as engine.io does, with one event and one line that has the error`, async (t) => {
      const { lines, logger } = captureLog('warn')
      const app = await pluginApp(t, { generateId }, { logger })
      const told: unknown[] = []
      app.socketio.on('connection_error', ({ code, message, reason, context }) => told.push({ code, message, reason, context }))
      const body = '{"code":3,"message":"Bad request"}'
      const { statusCode, body: polled } = await app.inject(urlOf(eio, 'polling'))
      t.strictSame([statusCode, polled], [400, body])
      const upgrade = await requestUpgrade(app, urlOf(eio, 'websocket'))
      t.strictSame([upgrade.status, upgrade.body], [400, body])
      t.match(told, Array(2).fill({ code: 3, message: 'Bad request', reason: 'id generation failed', context: { name: 'ID_GENERATION_ERROR', err: { message } } }))
      t.match(lines, Array(2).fill({ level: 50, reason: 'id generation failed', err: { message, stack: /./ } }))
      t.strictSame([told.length, lines.length, app.socketio.sessions.size], [2, 2, 0])
    })
  }
}

/** Ids of applications: with a colon, numbers, base64, e-mail addresses, and what else survives in a query. */
const IDS = ['custom:id:', 'a+b/c==', 'ada@example.test/', 'with space é 😀 ', '?&=#%25"\\</script>', 40]

for (const generation of [1, 2, 3, 4] as const) {
  t.test(`client ${generation} connects, polls and upgrades with any id that survives a URL, and its cookie has it`, async (t) => {
    for (const prefix of IDS) {
      let n = 0
      const app = await serverApp(t, { generateId: () => typeof prefix === 'number' ? prefix + n++ : `${prefix}${n++}`, cookie: true })
      app.io.on('connection', (socket) => socket.on('echo', (text: unknown, answer: (text: unknown) => void) => answer(text)))
      const url = `http://127.0.0.1:${await portOf(app)}`
      for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
        const client = connectOfficial(generation, url, transports)
        t.strictSame(await ask(client, 'echo', 'x'), ['x'], `${prefix} by ${transports.join()}`)
        if (transports.length > 1) await until(() => [...app.socketio.sessions.values()].at(-1)?.transport.name === 'websocket')
        client.disconnect()
      }
      const { headers } = await app.inject(urlOf(4, 'polling'))
      t.equal(decodeURIComponent(/^io=([^;]*)/.exec(String(headers['set-cookie']))?.[1] ?? ''), typeof prefix === 'number' ? '43' : `${prefix}3`)
    }
  })
}

t.test('client 0.9 connects by every transport with an id that survives a path', async (t) => {
  let n = 0
  const app = await serverApp(t, { generateId: () => `ada.l+x=~!$&()*,@example-${n++}` })
  app.io.on('connection', (socket) => socket.on('echo', (text: unknown, answer: (text: unknown) => void) => answer(text)))
  for (const transport of ['websocket', 'xhr-polling']) {
    const client = connectOfficial(0.9, `http://127.0.0.1:${await portOf(app)}`, [transport])
    t.strictSame(await ask(client, 'echo', 'x'), ['x'], transport)
    client.disconnect()
  }
})
