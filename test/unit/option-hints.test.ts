// What the message about an unknown option says: every option of the other libraries is known.
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import type { ServerOptions } from 'socket.io'
import t from 'tap'
import { hintForName } from '../../src/option-hints.js'
import { RULES } from '../../src/option-rules.js'

const KNOWN = Object.keys(RULES)
const LIST = /^the options are /

const ROWS: readonly [name: string, hint: string | RegExp][] = [
  // socket.io 4
  ['maxHttpBufferSize', 'did you mean "maxPayload"?'],
  ['allowRequest', 'did you mean "authorize"?'],
  ['allowEIO3', /generations are served/],
  ['httpCompression', /@fastify\/compress/],
  ['wsEngine', /@fastify\/websocket/],
  ['adapter', 'it is an option of the Server: write io: { adapter }'],
  ['connectTimeout', 'it is an option of the Server: write io: { connectTimeout }'],
  ['connectionStateRecovery', 'it is an option of the Server: write io: { connectionStateRecovery }'],
  ['cleanupEmptyChildNamespaces', 'it is an option of the Server: write io: { cleanupEmptyChildNamespaces }'],
  // socket.io 2, fastify-socket.io
  ['origins', 'did you mean "cors.origin"?'],
  ['handlePreflightRequest', /preflights are answered/],
  ['cookiePath', 'did you mean "cookie"?'],
  ['preClose', /app\.addHook\('preClose'/],
  // socket.io 0.9, and the same in camel case
  ['heartbeat interval', 'did you mean "heartbeatInterval"? Times are milliseconds'],
  ['heartbeat timeout', 'did you mean "heartbeatTimeout"? Times are milliseconds'],
  ['close timeout', 'did you mean "closeTimeout"? Times are milliseconds'],
  ['polling duration', 'did you mean "pollingDuration"? Times are milliseconds'],
  ['heartbeats', /^heartbeatInterval: false/],
  ['resource', 'did you mean "path"?'],
  ['authorization', 'did you mean "authorize"?'],
  ['destroy buffer size', 'did you mean "maxPayload"?'],
  ['flash policy port', 'did you mean "flashPolicy"?'],
  ['flashPolicyServer', 'did you mean "flashPolicy"?'],
  ['browser client', /"serveClient"/],
  ['store', /io: \{ adapter \}/],
  ['log level', /logLevel/],
  ['match origin protocol', /always compared/],
  ['max reconnection attempts', 'it is an option of the client'],
  // gevent-socketio, python-socketio
  ['heartbeat_interval', 'did you mean "heartbeatInterval"? Times are milliseconds'],
  ['policy_server', 'did you mean "flashPolicy"?'],
  ['policy_listener', 'did you mean "flashPolicy"?'],
  ['namespace', 'did you mean "path"? Namespaces are those of the Server: io.of(name)'],
  ['log_file', /log is that of Fastify/],
  ['ws_handler_class', 'hooks of the app run for every request and upgrade of a client'],
  ['cors_allowed_origins', 'did you mean "cors.origin"?'],
  ['max_http_buffer_size', 'did you mean "maxPayload"?'],
  ['ping_timeout', 'did you mean "pingTimeout"? Times are milliseconds'],
  // mistakes
  ['transport', 'did you mean "transports"?'],
  ['pingIntervall', 'did you mean "pingInterval"?'],
  ['maxPaylaod', 'did you mean "maxPayload"?'],
  ['Path', 'did you mean "path"?'],
  ['servClient', 'did you mean "serveClient"?'],
  // nothing is near
  ['ip', LIST], ['x', LIST], ['', LIST], ['nonsense', LIST], ['constructor', LIST], ['__proto__', LIST], ['hasOwnProperty', LIST]
]

for (const [name, hint] of ROWS) {
  t.test(`the unknown option ${JSON.stringify(name)}`, async (t) => {
    const text = hintForName(name, KNOWN)
    if (typeof hint === 'string') t.equal(text, hint)
    else t.match(text, hint)
  })
}

t.test('options inside others', async (t) => {
  const cors = ['cors.origin', 'cors.credentials']
  t.equal(hintForName('cors.origins', cors), 'did you mean "cors.origin"?')
  t.match(hintForName('cors.methods', cors), /preflights are answered/)
  for (const name of ['exposedHeaders', 'maxAge', 'preflightContinue', 'optionsSuccessStatus', 'strictPreflight']) {
    t.equal(hintForName(`cors.${name}`, cors), 'register @fastify/cors for the whole app', name)
  }
  t.match(hintForName('cors.nothing', cors), LIST)
  t.equal(hintForName('flashPolicy.origins', ['flashPolicy.allow']), 'did you mean "flashPolicy.allow"?')
})

/** Every option of the Server: the compiler notices a new one. */
const SERVER_OPTIONS: Record<keyof ServerOptions, true> = {
  path: true,
  serveClient: true,
  adapter: true,
  parser: true,
  connectTimeout: true,
  connectionStateRecovery: true,
  cleanupEmptyChildNamespaces: true,
  addTrailingSlash: true,
  destroyUpgrade: true,
  destroyUpgradeTimeout: true,
  pingTimeout: true,
  pingInterval: true,
  upgradeTimeout: true,
  maxHttpBufferSize: true,
  allowRequest: true,
  transports: true,
  allowUpgrades: true,
  perMessageDeflate: true,
  httpCompression: true,
  wsEngine: true,
  initialPacket: true,
  cookie: true,
  cors: true,
  allowEIO3: true
}

interface Manager { settings: object }

t.test('no option of socket.io 4 or 0.9 is answered with the list of all', async (t) => {
  const { Manager } = createRequire(import.meta.url)('socket.io-09') as { Manager: new (server: object, options: object) => Manager }
  const server = new EventEmitter()
  const { settings } = new Manager(server, { log: false })
  const old = Object.keys(settings)
  t.ok(old.includes('heartbeat interval'))
  const camel = old.map((name) => name.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase()))
  for (const name of [...Object.keys(SERVER_OPTIONS), ...old, ...camel]) {
    if (!KNOWN.includes(name)) t.notMatch(hintForName(name, KNOWN), LIST, name)
  }
})
