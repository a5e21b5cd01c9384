// Runtimes that are too old are refused at registration, with the part that they lack.
import t from 'tap'
import { checkRuntime } from '../../src/runtime.js'
import { newApp } from '../kit/servers/app.js'
import socketioTransports from '../../src/index.js'

const REFUSED: readonly [versions: Record<string, string>, message: RegExp][] = [
  [{ node: '26.3.0', bun: '1.4.3' }, /"Bun 1\.4\.3" lacks the options maxPayload .*; use Bun 1\.4\.4 or newer/],
  [{ node: '26.3.0', bun: '1.3.99' }, /"Bun 1\.3\.99"/],
  [{ node: '24.0.0', bun: '0.9.9-canary.2' }, /"Bun 0\.9\.9/],
  [{ node: '24.0.0', deno: '2.7.14' }, /"Deno 2\.7\.14" lacks answers to refused upgrades.*; use Deno 2\.8\.0 or newer/],
  [{ node: '24.0.0', deno: '1.46.3' }, /"Deno 1\.46\.3"/]
]

for (const [versions, message] of REFUSED) {
  t.test(`refused: ${Object.values(versions).join(', Bun or Deno ')}`, async (t) => {
    t.throws(() => checkRuntime(versions), { code: 'FST_SIO_UNSUPPORTED_VERSION', message })
  })
}

const SERVED: readonly Record<string, string>[] = [
  { node: '20.19.0' }, { node: '24.21.0' }, { node: '26.3.0', bun: '1.4.4' }, { node: '26.3.0', bun: '1.4.5-canary.1' }, { node: '26.3.0', bun: '2.0.0' },
  { node: '26.3.0', bun: '1.10.0' }, { node: '24.0.0', deno: '2.8.0' }, { node: '26.3.0', deno: '2.10.1' }, { node: '26.3.0', deno: '3.0.0' }
]

for (const versions of SERVED) t.test(`served: ${JSON.stringify(versions)}`, async (t) => { t.doesNotThrow(() => checkRuntime(versions)) })

t.test('at registration', async (t) => {
  const { versions } = process
  Object.defineProperty(process, 'versions', { value: { ...versions, bun: '1.4.0' }, configurable: true, enumerable: true })
  t.teardown(() => Object.defineProperty(process, 'versions', { value: versions, configurable: true, enumerable: true }))
  await t.rejects(async () => await newApp(t).register(socketioTransports), { code: 'FST_SIO_UNSUPPORTED_VERSION' })
})
