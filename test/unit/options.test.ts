import { createServer } from 'node:http'
import Fastify from 'fastify'
import t from 'tap'
import plugin from '../../src/index.js'
import { readOptions } from '../../src/options.js'
import type { SocketioTransportsOptions } from '../../src/options.js'

/** What registration fails with; undefined when it does not. */
async function registering (options: object): Promise<unknown> {
  const app = Fastify()
  try {
    app.register(plugin, options as SocketioTransportsOptions)
    await app.ready()
    return undefined
  } catch (error) {
    return error
  } finally {
    await app.close()
  }
}

const TIME = 'a whole number of milliseconds from 1 to 2147483647'
const COUNT = 'a positive whole number'
const BAD_TIMES: readonly [unknown, string][] = [
  [0, '0'], [-1, '-1'], [1.5, '1.5'], [NaN, 'NaN'], [Infinity, 'Infinity'], [2 ** 31, '2147483648'], ['25000', '"25000"'], [null, 'null'], [true, 'true']
]
const BAD_COUNTS: readonly [unknown, string][] = [[0, '0'], [-5, '-5'], [0.5, '0.5'], [2 ** 53, '9007199254740992'], ['1', '"1"'], [false, 'false'], [{}, 'an object']]

/** `false` is right for these. */
const NO_COUNTS: typeof BAD_COUNTS = [...BAD_COUNTS.filter(([value]) => value !== false), [true, 'true']]

/** `write`: what the message advises, if it knows the mistake. */
interface Wrong { option: string, allowed: string, values: readonly [value: unknown, shown: string, write?: string][] }

const SERVER = 'new Server(), or {} with its options; the HTTP server is that of the app'
const WRONG: readonly Wrong[] = [
  {
    option: 'path',
    allowed: 'a path like "/socket.io", with a slash before each segment',
    values: [['', '""'], ['socket.io', '"socket.io"', '"/socket.io"'], ['/', '"/"'], ['/a//', '"/a//"'], ['//a', '"//a"'], ['/:a', '"/:a"'], ['/a*', '"/a*"'], ['/a b', '"/a b"'], ['/ä', '"/ä"'], [7, '7']]
  },
  {
    option: 'transports',
    allowed: 'a list of these, each at most once: "websocket", "flashsocket", "htmlfile", "xhr-multipart", "xhr-polling", "jsonp-polling", "polling"',
    values: [[[], '[]'], ['websocket', '"websocket"', '["websocket"]'], [['webtransport'], '["webtransport"]', 'the list without "webtransport", which is not served'], [['websocket', 'websocket'], '["websocket","websocket"]'], [['toString'], '["toString"]'], [[7], '[7]'], [{}, 'an object']]
  },
  {
    option: 'dialects',
    allowed: 'a list of these, each at most once: "revision 1", "engine 3", "engine 4"',
    values: [[[], '[]'], [['engine 5'], '["engine 5"]'], ['engine 4', '"engine 4"', '["engine 4"]'], [['engine 4', 'engine 4'], '["engine 4","engine 4"]'], [4, '4']]
  },
  { option: 'assumeEngine3', allowed: 'true or false', values: [[3, '3'], [null, 'null']] },
  { option: 'pingInterval', allowed: TIME, values: BAD_TIMES },
  { option: 'pingTimeout', allowed: TIME, values: BAD_TIMES },
  { option: 'allowUpgrades', allowed: 'true or false', values: [['websocket', '"websocket"']] },
  { option: 'upgradeTimeout', allowed: TIME, values: BAD_TIMES },
  { option: 'perMessageDeflate', allowed: 'true, false, or an object with options of ws', values: [['on', '"on"'], [null, 'null']] },
  {
    option: 'cookie',
    allowed: 'true, false, or an object with options of the package cookie and a "name"',
    values: [['io', '"io"', '{ name: "io" }'], [null, 'null'], [['io'], '["io"]'], [{ name: '' }, 'an object'], [{ name: 7 }, 'an object']]
  },
  { option: 'heartbeatInterval', allowed: `${TIME}, or false for none`, values: BAD_TIMES },
  { option: 'heartbeatTimeout', allowed: TIME, values: [...BAD_TIMES, [false, 'false']] },
  { option: 'closeTimeout', allowed: TIME, values: BAD_TIMES },
  { option: 'pollingDuration', allowed: TIME, values: BAD_TIMES },
  { option: 'handshakeTimeout', allowed: TIME, values: BAD_TIMES },
  { option: 'maxPayload', allowed: COUNT, values: BAD_COUNTS },
  { option: 'maxPackets', allowed: COUNT, values: BAD_COUNTS },
  { option: 'maxPacketsPerSecond', allowed: `${COUNT}, or false for none`, values: NO_COUNTS },
  { option: 'maxAttachments', allowed: COUNT, values: BAD_COUNTS },
  { option: 'maxNesting', allowed: COUNT, values: BAD_COUNTS },
  { option: 'bodyTimeout', allowed: TIME, values: BAD_TIMES },
  { option: 'maxArguments', allowed: COUNT, values: BAD_COUNTS },
  { option: 'maxQueueBytes', allowed: COUNT, values: BAD_COUNTS },
  { option: 'maxTotalQueueBytes', allowed: COUNT, values: BAD_COUNTS },
  { option: 'maxSessions', allowed: COUNT, values: BAD_COUNTS },
  { option: 'maxSessionsPerAddress', allowed: `${COUNT}, or false for none`, values: NO_COUNTS },
  { option: 'farewellTimeout', allowed: TIME, values: BAD_TIMES },
  { option: 'drainTimeout', allowed: `${TIME}, or false for none`, values: BAD_TIMES },
  { option: 'maxEndpoints', allowed: COUNT, values: BAD_COUNTS },
  { option: 'maxAcks', allowed: COUNT, values: BAD_COUNTS },
  { option: 'slowClient', allowed: '"close" or "drop"', values: [['', '""'], ['Close', '"Close"'], [true, 'true']] },
  { option: 'cors', allowed: 'an object with "origin" and "credentials"', values: [[true, 'true', '{ origin: true }'], ['*', '"*"', '{ origin: "*" }'], [false, 'false', 'nothing: only the own origin is allowed'], [['http://a'], '["http://a"]', '{ origin: … }'], [() => true, 'a function', '{ origin: … }'], [null, 'null'], [7, '7']] },
  {
    option: 'cors.origin',
    allowed: 'true, false, a string such as "https://app.example" without a path, a regular expression, a list of these two, or a function',
    values: [
      [7, '7'], [null, 'null'], [{}, 'an object'], [['http://a', 7], '["http://a",7]'],
      // No browser sends these as the origin of a page.
      ['http://localhost:5173/', '"http://localhost:5173/"', '"http://localhost:5173"'],
      ['https://app.example/chat', '"https://app.example/chat"', '"https://app.example"'],
      ['https://App.example:443', '"https://App.example:443"', '"https://app.example"'],
      ['https://bücher.example', '"https://bücher.example"', '"https://xn--bcher-kva.example"'],
      ['http://', '"http://"'], ['http://a b', '"http://a b"'], ['capacitor://localhost/', '"capacitor://localhost/"'],
      ['localhost:5173', '"localhost:5173"', '"https://localhost:5173" or "http://localhost:5173"'],
      ['app.example/', '"app.example/"', '"https://app.example" or "http://app.example"'],
      [['http://a', 'a.example'], '["http://a","a.example"]', '"https://a.example" or "http://a.example"'],
      ['https://*.app.example', '"https://*.app.example"', 'a regular expression for several hosts, or true for every origin'],
      ['*:*', '"*:*"', 'a regular expression for several hosts, or true for every origin']
    ]
  },
  { option: 'cors.credentials', allowed: 'true or false', values: [['yes', '"yes"'], [1, '1'], [null, 'null']] },
  { option: 'authorize', allowed: 'a function', values: [[true, 'true'], [{}, 'an object']] },
  { option: 'generateId', allowed: 'a function', values: [['id', '"id"'], [null, 'null']] },
  { option: 'flashPolicy', allowed: 'true, false or an object', values: [[843, '843', '{ port: 843 }'], ['843', '"843"', '{ port: "843" }'], [null, 'null'], [() => {}, 'a function']] },
  { option: 'flashPolicy.port', allowed: 'a port number, or false for none', values: [[-1, '-1'], [65536, '65536'], [1.5, '1.5'], [true, 'true'], ['843', '"843"']] },
  { option: 'flashPolicy.host', allowed: 'a string that is not empty', values: [['', '""'], [false, 'false']] },
  { option: 'flashPolicy.inline', allowed: 'true or false', values: [[1, '1']] },
  {
    option: 'flashPolicy.allow',
    allowed: 'a list of "host:port", where either may be "*"',
    values: [[[], '[]'], ['*:*', '"*:*"'], [['a.com'], '["a.com"]'], [['a.com:x'], '["a.com:x"]'], [['a"b:80'], '["a\\"b:80"]'], [['<a>:80'], '["<a>:80"]'], [[7], '[7]']]
  },
  { option: 'logRequests', allowed: 'true or false', values: [['no', '"no"'], [null, 'null']] },
  { option: 'logSessionIds', allowed: '"short" or "whole"', values: [[true, 'true'], ['long', '"long"']] },
  { option: 'cluster', allowed: 'nodes({ … }) of "fastify-socketio-transports/cluster"', values: [[true, 'true'], [{}, 'an object'], ['redis', '"redis"']] },
  { option: 'serveClient', allowed: 'true, false, or the folder of the client files', values: [['', '""'], [1, '1'], [{}, 'an object']] },
  {
    option: 'io',
    allowed: 'a socket.io Server, or the options of one',
    values: [[true, 'true', '{}'], ['x', '"x"', SERVER], [null, 'null', SERVER], [class {}, 'a function', SERVER], [createServer(), 'an object', SERVER], [Fastify(), 'an object', SERVER]]
  },
  { option: 'parser', allowed: 'an object with the classes "Encoder" and "Decoder"', values: [['msgpack', '"msgpack"'], [{}, 'an object'], [{ Encoder: class {} }, 'an object'], [{ Encoder: class {}, Decoder: {} }, 'an object']] }
]

/** `{ a: { b: value } }` for `a.b`. */
function optionsOf (option: string, value: unknown): object {
  const [outer = '', inner] = option.split('.')
  return { [outer]: inner === undefined ? value : { [inner]: value } }
}

for (const { option, allowed, values } of WRONG) {
  t.test(`a wrong ${option} fails registration, which says what is allowed`, async (t) => {
    for (const [value, shown, write] of values) {
      const error = await registering(optionsOf(option, value))
      t.ok(error instanceof TypeError, `${shown} is a TypeError`)
      const { code, message } = Object(error) as { code?: unknown, message?: unknown }
      t.equal(code, 'FST_SIO_BAD_OPTION')
      t.equal(message, `fastify-socketio-transports: option "${option}" is ${shown}; allowed: ${allowed}${write === undefined ? '' : `; write ${write}`}`)
    }
  })
}

// `prefix` is read by Fastify itself, which fails on wrong values in words of its own.
t.test('every option but Fastify\'s prefix has its wrong values here', async (t) => {
  const error = await registering({ nonsense: 1 })
  const { message } = Object(error) as { message: string }
  const known = message.slice(message.indexOf('options are ') + 'options are '.length).split(', ')
  const tried = new Set(WRONG.map(({ option }) => option))
  t.strictSame(known.filter((option) => !tried.has(option)), ['prefix'])
})

t.test('a wrong prefix fails registration', async (t) => {
  t.throws(() => readOptions({ prefix: 7 } as never), { code: 'FST_SIO_BAD_OPTION', message: 'option "prefix" is 7; allowed: a string' })
})

t.test('an unknown option fails registration, also a nested one and those of Object\'s prototype', async (t) => {
  const cases: readonly { options: object, named: string, hint: string }[] = [
    { options: { hearbeatInterval: 5 }, named: 'hearbeatInterval', hint: 'did you mean "heartbeatInterval"?' },
    { options: { toString: 5 }, named: 'toString', hint: 'the options are path, prefix, dialects' },
    { options: { cors: { origins: true } }, named: 'cors.origins', hint: 'did you mean "cors.origin"?' },
    { options: { cors: { logLevel: 'warn' } }, named: 'cors.logLevel', hint: 'the options are cors.origin, cors.credentials' },
    { options: { flashPolicy: { ports: 1 } }, named: 'flashPolicy.ports', hint: 'did you mean "flashPolicy.port"?' },
    { options: { flashPolicy: { toString: 1 } }, named: 'flashPolicy.toString', hint: 'the options are flashPolicy.port, flashPolicy.host, flashPolicy.inline, flashPolicy.allow' },
    { options: { origin: '*' }, named: 'origin', hint: 'did you mean "cors.origin"?' }
  ]
  for (const { options, named, hint } of cases) {
    const error = await registering(options)
    t.ok(error instanceof TypeError)
    t.match(error, { code: 'FST_SIO_BAD_OPTION', message: `fastify-socketio-transports: unknown option "${named}": ${hint}` }, named)
  }
})

t.test('right options are taken, and those that Fastify reads itself', async (t) => {
  const cases: readonly object[] = [
    {}, { path: '/a.b/c-d~e_f' }, { path: '/a/' }, { transports: ['jsonp-polling', 'websocket', 'xhr-multipart', 'flashsocket'] }, { heartbeatInterval: false },
    { closeTimeout: 2 ** 31 - 1 }, { slowClient: 'drop' }, { cors: {} }, { cors: { origin: ['http://a', /b/], credentials: false } },
    { cors: { origin: () => {} } }, { cors: { origin: ['*', 'null', 'http://[::1]:3000', 'https://xn--bcher-kva.example:8443', 'capacitor://localhost', 'file://', 'chrome-extension://abcdef'] } },
    { cors: { origin: '' } }, { flashPolicy: false }, { serveClient: false }, { logLevel: 'warn', prefix: '/p' },
    { flashPolicy: { port: false, allow: ['*:*', 'a-b.com:843'], inline: true } }, { path: undefined, cors: undefined, io: undefined }
  ]
  for (const options of cases) t.equal(await registering(options), undefined, JSON.stringify(options))
})

t.test('a slash at the end of the path is ignored', async (t) => {
  t.equal(readOptions({ path: '/socket.io/' }).path, '/socket.io')
  t.equal(readOptions({ path: '/a/b' }).path, '/a/b')
})

t.test('what is not given has its default', async (t) => {
  const defaults = {
    path: '/socket.io',
    prefix: '',
    dialects: ['revision 1', 'engine 3', 'engine 4'],
    assumeEngine3: false,
    transports: ['websocket', 'htmlfile', 'xhr-polling', 'jsonp-polling', 'polling'],
    pingInterval: 25_000,
    pingTimeout: 20_000,
    allowUpgrades: true,
    upgradeTimeout: 10_000,
    heartbeatInterval: 25_000,
    heartbeatTimeout: 60_000,
    closeTimeout: 60_000,
    pollingDuration: 20_000,
    handshakeTimeout: 30_000,
    maxPayload: 1_000_000,
    maxPackets: 10_000,
    maxPacketsPerSecond: false,
    maxAttachments: 10,
    maxNesting: 1000,
    maxArguments: 1000,
    bodyTimeout: 30_000,
    perMessageDeflate: false,
    maxQueueBytes: 16_777_216,
    maxTotalQueueBytes: 268_435_456,
    slowClient: 'close',
    maxSessions: 100_000,
    maxSessionsPerAddress: false,
    drainTimeout: false,
    farewellTimeout: 1000,
    maxEndpoints: 100,
    maxAcks: 1000,
    logRequests: true,
    logSessionIds: 'short',
    cors: {},
    serveClient: false,
    flashPolicy: undefined,
    cookie: false
  }
  t.strictSame(readOptions({}), defaults)
  t.strictSame(readOptions({ flashPolicy: false }), defaults)
  t.strictSame(readOptions({ maxAcks: undefined } as never), defaults, 'undefined is not given')
  t.strictSame(readOptions({ maxAcks: 1, flashPolicy: true }), { ...defaults, maxAcks: 1, flashPolicy: {} })
})

/** The warnings of a registration. */
async function warnings (options: SocketioTransportsOptions): Promise<unknown[]> {
  const lines: Record<string, unknown>[] = []
  const stream = { write: (line: string) => { lines.push(JSON.parse(line) as Record<string, unknown>) } }
  const app = Fastify({ logger: { level: 'warn', stream } })
  await app.register(plugin, options)
  await app.close()
  return lines.map(({ msg }) => msg)
}

t.test('times that the old client cannot live with are allowed with a warning', async (t) => {
  t.strictSame(await warnings({}), [], 'the defaults are fine')
  t.strictSame(await warnings({ heartbeatInterval: 999, heartbeatTimeout: 1000, closeTimeout: 1000, pollingDuration: 999 }), [], 'just below is fine')
  t.strictSame(await warnings({ heartbeatInterval: false }),
    ['heartbeatInterval is false: 0.9 clients never connect, because they read the empty heartbeat timeout of the handshake as 0 ms'])
  t.strictSame(await warnings({ heartbeatInterval: 60_000, closeTimeout: 90_000 }),
    ['heartbeatInterval (60000) is not below heartbeatTimeout (60000) and closeTimeout (90000): 0.9 clients close a connection that is silent for that long'])
  t.strictSame(await warnings({ pollingDuration: 60_000 }),
    ['pollingDuration (60000) is not below closeTimeout (60000): 0.9 clients give up a poll before it is answered'])
  t.equal((await warnings({ heartbeatInterval: 30_000, closeTimeout: 20_000 })).length, 2)
  t.strictSame(await warnings({ heartbeatInterval: 60_000, dialects: ['engine 4'] }), [], 'without revision 1 nobody is concerned')
})

t.test('seconds given for milliseconds are allowed with a warning', async (t) => {
  const old = { heartbeatInterval: 25, heartbeatTimeout: 60, closeTimeout: 60, pollingDuration: 20 }
  t.strictSame(await warnings(old), [
    'heartbeatInterval is 25 ms: times are milliseconds; 25 seconds are 25000',
    'heartbeatTimeout is 60 ms: times are milliseconds; 60 seconds are 60000',
    'closeTimeout is 60 ms: times are milliseconds; 60 seconds are 60000',
    'pollingDuration is 20 ms: times are milliseconds; 20 seconds are 20000'
  ])
  for (const name of ['pingInterval', 'pingTimeout', 'upgradeTimeout', 'handshakeTimeout', 'bodyTimeout', 'drainTimeout', 'farewellTimeout']) {
    t.strictSame(await warnings({ [name]: 120 }), [`${name} is 120 ms: times are milliseconds; 120 seconds are 120000`])
    t.strictSame(await warnings({ [name]: 121 }), [])
  }
  t.strictSame(await warnings({ maxPayload: 25, maxAcks: 5, drainTimeout: false, farewellTimeout: undefined } as never), [], 'other options may be small')
})

t.test('every origin by "*" is allowed without credentials only, and with a warning if it keeps old clients out', async (t) => {
  const warning = (clients: string): string =>
    `cors.origin is "*": clients ${clients} in pages of other origins cannot connect, because they send credentials, which "*" does not allow; cors.origin: true lets them in`
  for (const origin of ['*', ['http://a.test', '*']]) {
    t.match(await registering({ cors: { origin, credentials: true } }), {
      code: 'FST_SIO_BAD_OPTION',
      message: 'option "cors.credentials" is true; allowed: false, or nothing, with cors.origin "*", because browsers refuse "*" with credentials; cors.origin: true lets in every origin, with credentials'
    })
    t.strictSame(await warnings({ cors: { origin } }), [warning('up to 0.9, 1.x and 2.x')])
    t.strictSame(await warnings({ cors: { origin, credentials: false }, dialects: ['revision 1'] }), [warning('up to 0.9')])
    t.strictSame(await warnings({ cors: { origin }, dialects: ['engine 3', 'engine 4'] }), [warning('1.x and 2.x')])
    t.strictSame(await warnings({ cors: { origin }, dialects: ['engine 3'], transports: ['websocket'] }), [], 'WebSockets need no CORS')
    t.strictSame(await warnings({ cors: { origin }, dialects: ['engine 4'] }), [])
  }
  t.strictSame(await warnings({ cors: { origin: true, credentials: true } }), [])
})

t.test('a dialect without a transport is logged as a warning', async (t) => {
  t.strictSame(await warnings({ transports: ['polling'] }),
    ['the option "transports" names no transport of the dialect "revision 1", so its clients are refused: add one, or remove the dialect from the option "dialects"'])
  t.equal((await warnings({ transports: ['htmlfile'] })).length, 2)
  t.strictSame(await warnings({ transports: ['polling'], dialects: ['engine 3'] }), [])
  t.strictSame(await warnings({ transports: ['websocket'] }), [])
})

t.test('a cookie that cannot be written fails registration', async (t) => {
  for (const cookie of [{ name: 'a b' }, { domain: 'x;y' }, { path: '/;' }, { sameSite: 'laxx' }]) {
    t.match(await registering({ cookie }), { code: 'FST_SIO_BAD_OPTION' }, JSON.stringify(cookie))
  }
})
