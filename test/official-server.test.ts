// The Server that the option `io` asks for: what of its options does nothing here, and where its parser comes from.
import { Server } from 'socket.io'
import t from 'tap'
import { parserOf } from '../src/official-server.js'
import { captureLog, pluginApp } from './fastify/support.js'

t.test('options of the Server without effect are logged, each with the option that has one', async (t) => {
  const { lines, logger } = captureLog('warn')
  await pluginApp(t, { io: { path: '/x', cors: {}, allowRequest: () => {}, maxHttpBufferSize: 1, serveClient: false, connectTimeout: 1000 } }, { logger })
  t.strictSame(lines.map(({ msg }) => /^io\.(\w+) has no effect: set the option "(\w+)"/.exec(String(msg))?.slice(1, 3)), [
    ['path', 'path'], ['cors', 'cors'], ['allowRequest', 'authorize'], ['maxHttpBufferSize', 'maxPayload'], ['serveClient', 'serveClient']
  ])
})

t.test('a Server of the application is used as it is, without a word', async (t) => {
  const { lines, logger } = captureLog('warn')
  const io = new Server({ cors: {} })
  const app = await pluginApp(t, { io }, { logger })
  t.equal(app.io, io)
  t.strictSame(lines, [])
})

t.test('the parser is found in the options of a Server, and nowhere else', async (t) => {
  const parser = { Encoder: class {}, Decoder: class {} }
  t.equal(parserOf({ parser }), parser)
  t.equal(parserOf({}), undefined)
  t.equal(parserOf(new Server({ parser: await import('socket.io-parser') })), undefined)
  t.equal(parserOf(undefined), undefined)
})
