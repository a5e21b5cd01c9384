// Options of the package `cors`, in the words of the plugin; the first tests ask that package (engine.io's) what it does with them.
import cors from 'cors'
import type { CorsOptions } from 'cors'
import t from 'tap'
import { toCors, unusedOfCors } from '../../../src/server-options/cors.js'
import { OriginPolicy } from '../../../src/routes/origin.js'
import { TimerWheel } from '../../../src/time/timer-wheel.js'

const LIMIT = { wheel: new TimerWheel(1000), ms: 60_000 }

const ASKED = ['https://a.test', 'https://b.test', 'null', 'https://a.test.evil.test']

/** Whether a page there may read an answer, to the package. */
async function allowed (options: CorsOptions, origin: string): Promise<boolean> {
  const headers = new Map<string, string>()
  const response = { statusCode: 200, setHeader: (name: string, value: string) => headers.set(name, value), getHeader: (name: string) => headers.get(name), end () {} }
  await new Promise((resolve) => cors(options)({ method: 'GET', headers: { origin } }, response, resolve))
  return ['*', origin].includes(headers.get('Access-Control-Allow-Origin') ?? '')
}

const request = { protocol: 'https', host: 'own.test', headers: {}, raw: { headers: {} } } as Parameters<OriginPolicy['allows']>[1]

const FORMS: [name: string, options: CorsOptions][] = [
  ['no origin', {}],
  ['an origin that is undefined', { origin: undefined }],
  ['an origin that is empty', { origin: '' }],
  ['*', { origin: '*' }],
  ['true', { origin: true }],
  ['false', { origin: false }],
  ['a string', { origin: 'https://a.test' }],
  ['a regular expression', { origin: /^https:\/\/[ab]\.test$/ }],
  ['a list', { origin: ['https://b.test', /^null$/] }],
  ['an empty list', { origin: [] }],
  ['a list with true in it', { origin: ['https://b.test', true] }],
  ['a list with false in it', { origin: ['https://b.test', false] }],
  ['a function that says yes', { origin: (_origin, callback) => callback(null, true) }],
  ['a function that says no', { origin: (_origin, callback) => callback(null, false) }],
  ['a function that says nothing', { origin: (_origin, callback) => callback(null) }],
  ['a function that says one', { origin: (_origin, callback) => callback(null, 'https://a.test') }],
  ['a function that says a list', { origin: (_origin, callback) => callback(null, ['https://a.test', /b\.test$/]) }],
  ['a function that looks', { origin: (origin, callback) => callback(null, origin?.endsWith('a.test')) }],
  ['a function with undefined for no error', { origin: (_origin, callback) => callback(undefined as unknown as null, true) }],
  ['a function that takes its time', { origin: (_origin, callback) => { setImmediate(callback, null, true) } }],
  ['a function that fails', { origin: (_origin, callback) => callback(new Error('no')) }],
  ['a function that fails with a text', { origin: (_origin, callback) => callback('no' as unknown as Error) }]
]

for (const [name, options] of FORMS) {
  t.test(`${name}: the same origins are allowed`, async (t) => {
    const policy = new OriginPolicy(toCors(options), LIMIT)
    for (const origin of ASKED) {
      const ours = await Promise.resolve(policy.allows(origin, request)).catch(() => false)
      t.equal(ours !== false, await allowed(options, origin), origin)
    }
  })
}

t.test('an async function that rejects refuses, and one that calls back is heard', async (t) => {
  const rejecting = toCors({ origin: async () => { throw new Error('no') } })
  await t.rejects(async () => await new OriginPolicy(rejecting, LIMIT).allows('https://a.test', request), { message: 'no' })
  const calling = toCors({ origin: async (_origin, callback) => callback(null, true) })
  t.equal(await new OriginPolicy(calling, LIMIT).allows('https://a.test', request), true)
})

t.test('credentials are allowed only where that is said', async (t) => {
  const origin = 'https://a.test'
  t.equal(toCors({ origin }).credentials, false)
  t.equal(toCors({ origin, credentials: false }).credentials, false)
  t.equal(toCors({ origin, credentials: true }).credentials, true)
  for (const all of [{}, { origin: '*' }, { origin: ['*'] }]) t.equal(toCors({ ...all, credentials: true }).credentials, false, 'browsers refuse "*" with credentials')
})

t.test('a function of the request is refused at registration', async (t) => {
  t.throws(() => toCors((_request, callback) => callback(null, {})), { code: 'FST_SIO_BAD_OPTION' })
})

t.test('what has no effect is named; methods and headers lack nothing', async (t) => {
  t.strictSame(unusedOfCors({ origin: '*', methods: ['GET'], allowedHeaders: ['x-a'], credentials: true }), [])
  t.strictSame(unusedOfCors({ exposedHeaders: ['x-b'], maxAge: 9, preflightContinue: true, optionsSuccessStatus: 200 }), [
    'cors.exposedHeaders', 'cors.maxAge', 'cors.preflightContinue', 'cors.optionsSuccessStatus'
  ])
})
