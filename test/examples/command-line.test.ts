// What all examples have in common: their flags, how they start, and how they end while clients are connected.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { io } from 'socket.io-client'
import t from 'tap'
import { skip as noRedis } from '../kit/machine/redis.js'
import { next } from '../kit/official-clients.js'
import { runToEnd, startAsUser, startPrinting } from '../kit/servers/example.js'

const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { scripts: Record<string, string> }

/** The examples by their npm scripts, with the query of a client that they let in; null: none without a login. */
const EXAMPLES: Record<string, { name: string, query: Record<string, string> | null, skip?: string | false }> = {
  start: { name: 'live', query: {} },
  'example:chat': { name: 'chat', query: { user: 'ada' } },
  'example:sessions': { name: 'sessions', query: null },
  'example:rooms': { name: 'rooms', query: {}, skip: noRedis },
  'example:device': { name: 'device', query: {} },
  echo: { name: 'echo', query: {} }
}

for (const [script, { name, query, skip = false }] of Object.entries(EXAMPLES)) {
  t.test(`npm run ${script}`, async (t) => {
    const usage = new RegExp(`Usage: npm (?:run )?${script} -- \\[flags\\]\n\n  --port N `)

    await t.test('is the example', async (t) => t.equal(scripts[script], `exec node examples/start.js ${name}`))

    await t.test('says what it is with --help', async (t) => {
      const { code, out, errors } = await runToEnd([name, '--help'])
      t.equal(code, 0)
      t.match(out, usage)
      t.equal(errors, '')
    })

    await t.test('knows no other flags', async (t) => {
      const { code, out, errors } = await runToEnd([name, '--prot', '1'])
      t.equal(code, 2)
      t.match(errors, /^Unknown option '--prot'/)
      t.match(errors, usage)
      t.equal(out, '')
    })

    await t.test('says what to do when its port is taken', { skip }, async (t) => {
      const other = createServer().listen(0, '127.0.0.1')
      t.teardown(() => other.close())
      await once(other, 'listening')
      const { port } = other.address() as AddressInfo
      const { code, errors } = await runToEnd([name, '--port', String(port)])
      t.equal(code, 1)
      t.match(errors, new RegExp(`^Port ${port} is taken\\. End the program that listens there, or choose another port:\n  npm (?:run )?${script} -- --port \\d+\n$`))
    })

    await t.test('has a page, and ends at SIGTERM while clients are connected', { skip }, async (t) => {
      const { url, stop } = await startAsUser(t, [name])
      const response = await fetch(url)
      t.equal(response.status, 200)
      t.match(response.headers.get('content-type'), /^text\/html/)
      t.match(await response.text(), /<title>[^<]+<\/title>/)

      for (const transport of ['polling', 'websocket']) {
        const client = io(url, { transports: [transport], forceNew: true, reconnection: false, query: query ?? {} })
        t.teardown(() => client.disconnect())
        await next(client, query === null ? 'connect_error' : 'connect')
      }
      t.equal(await stop(), 0)
    })
  })
}

t.test('a port that is none', async (t) => {
  const { code, errors } = await runToEnd(['chat', '--port', 'http'])
  t.equal(code, 2)
  t.match(errors, /^--port is a number from 0 to 65535, not "http"\.\n\n/)
})

t.test('an address of another machine', async (t) => {
  const { code, errors } = await runToEnd(['chat', '--port', '0', '--host', '192.0.2.1'])
  t.equal(code, 1)
  t.match(errors, /^192\.0\.2\.1 is no address of this machine\. /)
})

t.test('an example that does not exist', async (t) => {
  const { code, errors } = await runToEnd(['caht'])
  t.equal(code, 2)
  t.equal(errors, 'Name an example: live, chat, sessions, rooms, device, cluster, echo.\n')
})

t.test('options of the echo application that are none', async (t) => {
  const json = await runToEnd(['echo', '--config', '{pingInterval:1}'])
  t.equal(json.code, 2)
  t.match(json.errors, /^--config is not JSON: .+ Write it in single quotes: /)
  const wrong = await runToEnd(['echo', '--config', '{"pingInterval":"soon"}'])
  t.equal(wrong.code, 2)
  t.match(wrong.errors, /^--config: .*pingInterval/)
})

for (const name of ['chat', 'device']) {
  t.test(`Ctrl+C ends ${name}, also if the signal comes twice`, async (t) => {
    const { stop } = await startAsUser(t, [name])
    t.same(await Promise.all([stop('SIGINT'), stop('SIGINT')]), [0, 0])
  })
}

t.test('npm passes SIGTERM on, and the exit code back', async (t) => {
  const { child, url } = await startPrinting('npm', ['run', '--silent', 'example:chat', '--', '--port', '0'])
  const exited = once(child, 'exit')
  t.equal((await fetch(url)).status, 200)
  child.kill('SIGTERM')
  t.same(await exited, [0, null])
})
