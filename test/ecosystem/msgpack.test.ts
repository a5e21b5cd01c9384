// A Server whose parser is socket.io-msgpack-parser: 4.x clients with the same parser, and 0.9 clients, which have none, beside them.
import { Server } from 'socket.io'
import type { Socket } from 'socket.io'
import parser from 'socket.io-msgpack-parser'
import t from 'tap'
import type { Test } from 'tap'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { pluginApp, portOf } from '../kit/servers/app.js'
import { until } from '../kit/waiting.js'
import { ask, hear, join09, join4 } from '../kit/official-clients.js'
import type { Peer } from '../kit/official-clients.js'

const YOUNG = { websocket: ['websocket'], polling: ['polling'], upgrade: ['polling', 'websocket'] }
const OLD = ['websocket', 'xhr-polling'] as const
const BYTES = Buffer.from([0, 1, 127, 128, 255])
const IN_JSON = { base64: true, data: BYTES.toString('base64') }

function serve (socket: Socket): void {
  socket.on('echo', (x, ack) => ack(x))
  socket.on('ask me', (x, ack) => socket.emit('ask', x, (...answer: unknown[]) => ack(answer)))
  socket.on('tell', (...args: unknown[]) => socket.nsp.emit('told', ...args))
}

async function start (t: Test, options: SocketioTransportsOptions, io?: Server): Promise<string> {
  const app = await pluginApp(t, options)
  const server = io?.bind(app.socketio) ?? app.io
  server.on('connection', serve)
  server.of('/chat').on('connection', serve)
  server.of('/refused').use((_socket, next) => next(new Error('not you')))
  return `http://127.0.0.1:${await portOf(app)}`
}

/** What one client alone does. */
async function exchange (t: Test, client: Peer): Promise<void> {
  for (const value of ['text', '', 'emoji 😀 \u2028', 0, -1, 1.5, 2 ** 40, true, null, [], { a: [{ b: null }] }, 'x'.repeat(70_000)]) {
    t.strictSame(await ask(client, 'echo', value), [value])
  }
  client.on('ask', (...args) => (args.pop() as (...answer: unknown[]) => void)(...args, 'answered'))
  t.strictSame(await ask(client, 'ask me', { x: [1] }), [[{ x: [1] }, 'answered']])
  const told = hear(client, 'told')
  const numbers = Array.from({ length: 100 }, (_, i) => i)
  for (const number of numbers) client.emit('tell', number)
  const back: unknown[] = []
  while (back.length < numbers.length) back.push(...await told())
  t.strictSame(back, numbers, 'in order')
}

const waysToBind: Record<string, (t: Test) => Promise<string>> = {
  'of the option io': (t) => start(t, { io: { parser } }),
  'bound by hand, with the option parser': (t) => start(t, { parser }, new Server({ parser }))
}

for (const [how, startServer] of Object.entries(waysToBind)) {
  t.test(`with the parser ${how}`, async (t) => {
    const url = await startServer(t)

    for (const [name, transports] of Object.entries(YOUNG)) {
      await t.test(`a 4.x client over ${name}`, async (t) => {
        const client = await join4(t, url, { transports, parser })
        await until(() => client.io.engine.transport.name === transports.at(-1))
        await exchange(t, client)
        t.strictSame(await ask(client, 'echo', { bytes: [BYTES] }), [{ bytes: [BYTES] }])
        const chat = client.io.socket('/chat')
        t.teardown(() => chat.disconnect())
        t.strictSame(await ask(chat, 'echo', 'in the chat'), ['in the chat'])
        const refused = client.io.socket('/refused')
        const failed = hear(refused, 'connect_error')
        t.match(await failed(), [{ message: 'not you' }])
      })
    }

    for (const transport of OLD) {
      await t.test(`a 0.9 client over ${transport}`, async (t) => {
        await exchange(t, await join09(t, url, transport))
      })
    }

    await t.test('clients of both kinds hear each other, binary each in its form', async (t) => {
      const young = await Promise.all(Object.values(YOUNG).map((transports) => join4(t, url, { transports, parser })))
      const old = []
      for (const transport of OLD) old.push(await join09(t, url, transport))
      const hearing = [...young, ...old].map((client) => hear(client, 'told'))
      for (const speaker of [...young, ...old]) {
        speaker.emit('tell', 'text', { deep: [1] })
        for (const told of hearing) t.strictSame(await told(), ['text', { deep: [1] }])
      }
      young[0]?.emit('tell', { bytes: BYTES })
      for (const [i, told] of hearing.entries()) t.strictSame(await told(), [{ bytes: i < young.length ? BYTES : IN_JSON }])
    })
  })
}

t.test('with the parser and connection state recovery, the offsets go to 4.x clients only', async (t) => {
  const url = await start(t, { io: { parser, connectionStateRecovery: {} } })
  const young = await join4(t, url, { parser })
  const old = await join09(t, url)
  const heard = [hear(young, 'told'), hear(old, 'told')]
  old.emit('tell', 'text', null)
  t.match(await heard[0]?.(), ['text', null, /./])
  t.strictSame(await heard[1]?.(), ['text', null])
  young.emit('tell', BYTES)
  t.match(await heard[0]?.(), [BYTES, /./])
  t.strictSame(await heard[1]?.(), [IN_JSON])
})
