// What an application has said to socket.io's Server, in the words of the plugin.
import t from 'tap'
import { toOptions } from '../../../src/drop-in/options.js'
import { readOptions } from '../../../src/options.js'

type Given = Parameters<typeof toOptions>[0]

t.test('without options, it is what the Server does by itself', async (t) => {
  t.strictSame(toOptions({}), {
    transports: ['polling', 'websocket'],
    dialects: ['engine 4'],
    maxPayload: 1_000_000,
    maxQueueBytes: 100 * 1024 * 1024
  })
})

const ROWS: [given: Given, ours: object][] = [
  [{ path: '/live' }, { path: '/live' }],
  [{ path: '/live/' }, { path: '/live' }],
  [{ path: '/live/', addTrailingSlash: false }, { path: '/live' }],
  [{ path: '/a/b' }, { path: '/a/b' }],
  [{ transports: ['websocket'] }, { transports: ['websocket'] }],
  [{ transports: ['websocket', 'polling'] }, { transports: ['websocket', 'polling'] }],
  [{ transports: ['polling', 'websocket', 'webtransport'] }, { transports: ['polling', 'websocket'] }],
  [{ allowEIO3: true }, { dialects: ['engine 3', 'engine 4'], assumeEngine3: true }],
  [{ allowEIO3: false }, { dialects: ['engine 4'] }],
  [{ pingInterval: 10_000, pingTimeout: 5000 }, { pingInterval: 10_000, pingTimeout: 5000 }],
  [{ upgradeTimeout: 3000, allowUpgrades: false }, { upgradeTimeout: 3000, allowUpgrades: false }],
  [{ maxHttpBufferSize: 1e8 }, { maxPayload: 1e8, maxQueueBytes: 100 * 1024 * 1024 }],
  [{ maxHttpBufferSize: 2e8 }, { maxPayload: 2e8, maxQueueBytes: 2e8 }],
  [{ maxHttpBufferSize: Infinity }, { maxPayload: 2 ** 31 - 1, maxQueueBytes: 2 ** 31 - 1 }],
  [{ cookie: true }, { cookie: true }],
  [{ cookie: { name: 'sid', path: '/live', sameSite: 'strict' } }, { cookie: { name: 'sid', path: '/live', sameSite: 'strict' } }],
  [{ perMessageDeflate: false }, { perMessageDeflate: false }],
  [{ perMessageDeflate: true }, { perMessageDeflate: { threshold: 1024 } }],
  [{ perMessageDeflate: { threshold: 9, concurrencyLimit: 2 } }, { perMessageDeflate: { threshold: 9, concurrencyLimit: 2 } }],
  [{ cors: {} }, { cors: { origin: '*', credentials: false } }],
  // What is the Server's own stays with it.
  [{ connectTimeout: 1, connectionStateRecovery: {}, parser: {}, httpCompression: true, serveClient: false }, {}]
]

for (const [given, ours] of ROWS) {
  const { path, ...shown } = toOptions(given)
  t.test(`${JSON.stringify(given, (_key, value: unknown) => value === Infinity ? 'Infinity' : value)} is ${JSON.stringify(ours)}`, async (t) => {
    t.strictSame({ ...shown, ...(path && { path }) }, { ...toOptions({}), ...ours })
    t.doesNotThrow(() => readOptions(toOptions(given)))
  })
}

t.test('an empty path and options without a value are as if not given', async (t) => {
  t.strictSame(toOptions({ path: '', pingInterval: undefined, cors: undefined } as unknown as Given), toOptions({}))
})

t.test('a wrong value fails as one of ours does', async (t) => {
  const wrong = [{ path: 'no-slash' }, { pingInterval: 0 }, { transports: ['webtransport'] }, { maxHttpBufferSize: 1.5 }] as Given[]
  for (const given of wrong) t.throws(() => readOptions(toOptions(given)), { code: 'FST_SIO_BAD_OPTION' }, JSON.stringify(given))
})
