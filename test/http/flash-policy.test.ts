// The Flash policy responder: raw TCP, on a port of its own and on the HTTP port.
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import socketioTransports from '../../src/index.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { captureLog, newApp, portOf } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import { freePort } from '../kit/machine/free-port.js'
import { dial } from '../kit/raw/connection.js'

const REQUEST = '<policy-file-request/>\0'
const policy = (...entries: string[]) =>
  '<?xml version="1.0"?><!DOCTYPE cross-domain-policy SYSTEM "http://www.macromedia.com/xml/dtds/cross-domain-policy.dtd">' +
  `<cross-domain-policy>${entries.map((entry) => `<allow-access-from domain="${entry.split(':')[0]}" to-ports="${entry.split(':')[1]}"/>`).join('')}</cross-domain-policy>`

async function policyApp (t: Teardown, flashPolicy: SocketioTransportsOptions['flashPolicy'], options: SocketioTransportsOptions = {}) {
  const app = newApp(t)
  await app.register(socketioTransports, { ...options, ...(flashPolicy !== undefined && { flashPolicy }) })
  return app
}

t.test('the port answers at once, without a request, and closes', async (t) => {
  const port = await freePort()
  const app = await policyApp(t, { port, allow: ['chat.example:80'] })
  await app.ready()
  t.equal(await dial(t, port).rest(), policy('chat.example:80'))
  const asking = dial(t, port)
  asking.write(REQUEST)
  t.equal(await asking.rest(), policy('chat.example:80'))
})

t.test('there is one entry for each host and port allowed', async (t) => {
  const port = await freePort()
  const app = await policyApp(t, { port, allow: ['a.test:80', '*.b.test:*', '*:443'] })
  await app.ready()
  t.equal(await dial(t, port).rest(), policy('a.test:80', '*.b.test:*', '*:443'))
})

t.test('without allow, the strings in cors.origin are taken', async (t) => {
  const port = await freePort()
  const app = await policyApp(t, { port }, { cors: { origin: ['http://a.test', 'https://b.test:8443', /c\.test/] } })
  await app.ready()
  t.equal(await dial(t, port).rest(), policy('a.test:*', 'b.test:*'))
})

t.test('nobody is allowed by default: where nothing says whom, registration fails', async (t) => {
  for (const cors of [undefined, {}, { origin: true }, { origin: '*' }, { origin: /x/ }, { origin: [] }, { origin: async () => true }]) {
    const app = newApp(t)
    const registration = async () => { await app.register(socketioTransports, { flashPolicy: true, ...(cors && { cors }) }) }
    await t.rejects(registration(), { code: 'FST_SIO_BAD_OPTION', message: /flashPolicy\.allow/ })
  }
})

t.test('what could break out of the XML is refused as an option', async (t) => {
  for (const allow of [[], ['a.test'], ['a.test:80"/>'], ['<x>:80'], ['a.test:80 443'], ['a:b:80'], ['a.test:']]) {
    const app = newApp(t)
    await t.rejects(async () => { await app.register(socketioTransports, { flashPolicy: { allow } }) }, { code: 'FST_SIO_BAD_OPTION' }, allow.join())
  }
})

t.test('the HTTP port answers a policy request, and HTTP as ever', async (t) => {
  const app = await policyApp(t, { port: false, allow: ['a.test:80'] })
  const port = await portOf(app)
  const asking = dial(t, port)
  asking.write(REQUEST)
  t.equal(await asking.rest(), policy('a.test:80'))
  const nonsense = dial(t, port)
  nonsense.write('<policy-file-request/>x')
  t.match(await nonsense.rest(), /^HTTP\/1\.1 400 Bad Request\r\n/)
  const response = await fetch(`http://127.0.0.1:${port}/socket.io/1/`)
  t.equal(response.status, 200)
  t.match(await response.text(), /^[\w-]{20}:60:60:/)
})

t.test('inline: false leaves the HTTP port alone', async (t) => {
  const app = await policyApp(t, { port: false, inline: false, allow: ['a.test:80'] })
  const asking = dial(t, await portOf(app))
  asking.write(REQUEST)
  t.match(await asking.rest(), /^HTTP\/1\.1 400 Bad Request\r\n/)
})

t.test('no request can hold the port, however large or slow', async (t) => {
  const port = await freePort()
  const app = await policyApp(t, { port, allow: ['a.test:80'] })
  await app.ready()
  const large = connect(port, '127.0.0.1')
  large.on('error', () => {})
  const gone = new Promise((resolve) => large.once('close', resolve))
  // It writes for ever, and is put an end to.
  const flood = (): void => { while (!large.destroyed && large.write('x'.repeat(65_536))); }
  large.on('drain', flood)
  large.resume()
  flood()

  const slow = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let text = ''
  slow.setEncoding('utf8').on('data', (chunk: string) => { text += chunk }).on('error', () => {})
  await once(slow, 'end')
  t.equal(text, policy('a.test:80'), 'answered before it has asked')
  const slowGone = new Promise((resolve) => slow.once('close', resolve))
  const trickle = setInterval(() => slow.write('<'), 100)
  t.teardown(() => clearInterval(trickle))
  await Promise.all([gone, slowGone])
  t.pass('both are closed, though neither ended')
})

t.test('a port that is taken keeps the app from starting', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const app = await policyApp(t, { port: (other.address() as AddressInfo).port, allow: ['a.test:80'] })
  await t.rejects(Promise.resolve(app.ready()), { code: 'EADDRINUSE' })
})

t.test('closing the app closes the port', async (t) => {
  const port = await freePort()
  const app = await policyApp(t, { port, allow: ['a.test:80'] })
  await app.ready()
  await app.close()
  const [error] = await once(connect(port, '127.0.0.1'), 'error') as [Error & { code: string }]
  t.equal(error.code, 'ECONNREFUSED')
})

t.test('the port is said in the log', async (t) => {
  const { lines, logger } = captureLog('info')
  const port = await freePort()
  const app = newApp(t, { logger })
  await app.register(socketioTransports, { flashPolicy: { port, allow: ['*:*'] } })
  await app.ready()
  t.match(lines.find(({ msg }) => msg === 'listening for Flash policy requests'), { port, host: '127.0.0.1' })
  t.equal(await dial(t, port).rest(), policy('*:*'), 'everybody, since the app says so')
})
