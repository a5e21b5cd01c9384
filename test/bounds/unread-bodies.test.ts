// Requests that are answered before their body has come. Found from outside: nobody reads the rest, so that the connection was not idle, and held up
// `app.close()` for as long as Fastify keeps connections alive, 72 seconds.
import t from 'tap'
import { pluginApp, portOf } from '../kit/servers/app.js'
import { dial } from '../kit/raw/connection.js'
import { parse } from '../kit/raw/http.js'

const HALF = ['Content-Length: 100', '', '1']
const CHUNKED = ['Transfer-Encoding: chunked', '', '5\r\n1']
const FOREIGN = 'Origin: http://elsewhere.test'

const REQUESTS: Record<string, [first: string, status: number, ...lines: string[]]> = {
  'a handshake': ['GET /socket.io/1/', 200],
  'a handshake of Engine.IO': ['GET /socket.io/?EIO=4&transport=polling', 200],
  'a preflight': ['OPTIONS /socket.io/?EIO=4&transport=polling', 204, 'Origin: http://localhost', 'Access-Control-Request-Method: POST'],
  'a refused origin': ['POST /socket.io/?EIO=4&transport=polling', 403, FOREIGN],
  'a refused origin, revision 1': ['POST /socket.io/1/', 403, FOREIGN],
  'a stream of nobody': ['GET /socket.io/1/htmlfile/nobody', 200]
}

for (const [name, [first, status, ...lines]] of Object.entries(REQUESTS)) {
  for (const [kind, body] of Object.entries({ half: HALF, 'in chunks': CHUNKED })) {
    t.test(`${name} with a body that does not come, ${kind}: the connection ends with the answer`, async (t) => {
      const app = await pluginApp(t, { transports: ['htmlfile', 'xhr-polling', 'polling'], cors: { origin: 'http://friend.test' } }, { forceCloseConnections: 'idle' })
      const raw = dial(t, await portOf(app))
      raw.writeLines(`${first} HTTP/1.1`, 'Host: localhost', ...lines, ...body)
      await raw.closed
      const answer = parse(raw.text)
      t.equal(answer.status, status)
      t.equal(answer.headers['connection'], 'close')
      await app.close()
    })
  }
}

t.test('a body that has come costs no connection', async (t) => {
  const app = await pluginApp(t, { transports: ['xhr-polling', 'polling'] })
  const raw = dial(t, await portOf(app))
  for (let i = 1; i < 4; i++) {
    raw.writeLines('POST /socket.io/1/xhr-polling/nobody HTTP/1.1', 'Host: localhost', 'Content-Length: 3', '', '2::')
    t.match(parse(await raw.answers(i)), { status: 200 })
  }
  t.notMatch(raw.text, /connection: close/i)
})
