// The options of socket.io's Server in the words of the plugin: only what is given, and the rest in sentences.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readOptions } from '../../../src/options.js'
import { fromServerOptions } from '../../../src/server-options/convert.js'
import { isTransport, unusedOf } from '../../../src/server-options/unused.js'
import type { HandshakeRequest } from '../../../types/options.js'

type Given = Parameters<typeof fromServerOptions>[0]

const EVERY_POLL = ['htmlfile', 'xhr-polling', 'jsonp-polling', 'polling']
const ROWS: [given: Given, ours: object][] = [
  [{}, {}],
  [{ path: '/live/' }, { path: '/live' }],
  [{ path: '' }, {}],
  [{ transports: ['websocket'] }, { transports: ['websocket'] }],
  [{ transports: ['polling'] }, { transports: EVERY_POLL }],
  [{ transports: ['polling', 'websocket', 'webtransport'] }, { transports: ['websocket', ...EVERY_POLL] }],
  [{ allowEIO3: true }, { assumeEngine3: true }],
  [{ allowEIO3: false }, { dialects: ['engine 4'] }],
  [{ pingInterval: 10_000, pingTimeout: 5000, upgradeTimeout: 3000, allowUpgrades: false, cookie: true }, { pingInterval: 10_000, pingTimeout: 5000, upgradeTimeout: 3000, allowUpgrades: false, cookie: true }],
  [{ maxHttpBufferSize: 1e8 }, { maxPayload: 1e8 }],
  [{ maxHttpBufferSize: Infinity }, { maxPayload: 2 ** 31 - 1 }],
  [{ perMessageDeflate: true }, { perMessageDeflate: { threshold: 1024 } }],
  [{ perMessageDeflate: false }, { perMessageDeflate: false }],
  [{ cors: { origin: 'https://app.example' } }, { cors: { origin: 'https://app.example', credentials: false } }],
  [{ serveClient: false }, { serveClient: false }],
  // What is the Server's own stays with it.
  [{ connectTimeout: 1, connectionStateRecovery: {}, parser: {}, cleanupEmptyChildNamespaces: true, httpCompression: true }, {}]
]

for (const [given, ours] of ROWS) {
  t.test(`${JSON.stringify(given)} is ${JSON.stringify(ours)}`, async (t) => {
    t.strictSame(fromServerOptions(given), ours)
    t.doesNotThrow(() => readOptions(fromServerOptions(given)))
  })
}

t.test('options without a value are as if not given', async (t) => {
  t.strictSame(fromServerOptions(Object.fromEntries(['path', 'pingInterval', 'cors', 'serveClient', 'maxHttpBufferSize', 'perMessageDeflate'].map((name) => [name, undefined]))), {})
})

t.test('serveClient: true is the folder of the current client', async (t) => {
  t.ok(existsSync(join(String(fromServerOptions({ serveClient: true }).serveClient), 'socket.io.js')))
})

t.test('of the transports, WebTransport alone is missing', async (t) => {
  t.strictSame(['polling', 'websocket', 'webtransport'].filter(isTransport), ['polling', 'websocket'])
})

t.test('each option without effect has a sentence, and no other has', async (t) => {
  const names = (given: Given): string[] => unusedOf(given, fromServerOptions(given)).map((sentence) => / has no effect|is not served/[Symbol.split](sentence)[0] ?? '')
  for (const [given] of ROWS) if (!('httpCompression' in given) && !given.transports?.includes('webtransport')) t.strictSame(names(given), [], JSON.stringify(given))
  t.strictSame(names({ httpCompression: true, destroyUpgrade: false, addTrailingSlash: false, transports: ['polling', 'webtransport'], cors: { origin: '*', credentials: true, maxAge: 1 } }),
    ['httpCompression', 'destroyUpgrade', 'cors.maxAge', 'cors.credentials', 'the transport "webtransport" '])
})

const REQUEST = { raw: { url: '/' } } as HandshakeRequest

t.test('allowRequest is asked with the raw request, and its word is the verdict', async (t) => {
  const seen: unknown[] = []
  const { authorize } = fromServerOptions({
    allowRequest: (request, callback) => {
      seen.push(request)
      callback(null, true)
    }
  })
  t.equal(await authorize?.(REQUEST), true)
  t.equal(seen[0], REQUEST.raw)
})

t.test('a refusal of allowRequest carries its text, if it has one', async (t) => {
  const refuse = async (message: string | null | undefined): Promise<unknown> => {
    const { authorize } = fromServerOptions({ allowRequest: (_request, callback) => callback(message, false) })
    return await Promise.resolve(authorize?.(REQUEST)).catch((error: unknown) => error)
  }
  t.match(await refuse('wrong token'), { code: 'FST_SIO_REFUSED', reason: 'unauthorized', context: { message: 'wrong token' } })
  for (const none of [null, undefined, '']) t.strictSame((await refuse(none) as { context: object }).context, {})
})

t.test('an allowRequest that throws or rejects refuses', async (t) => {
  const boom = new Error('boom')
  for (const allowRequest of [() => { throw boom }, async () => { throw boom }]) {
    const { authorize } = fromServerOptions({ allowRequest })
    await t.rejects(Promise.resolve(authorize?.(REQUEST)), boom)
  }
})
