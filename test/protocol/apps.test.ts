// The applications of test/protocol/apps start as their heads say, and end when they are told to. What they do in between
// is what test/protocol relies on; here is what it does not touch.
import { once } from 'node:events'
import t from 'tap'
import type { Test } from 'tap'
import { Revision1Client } from '../kit/revision-1/client.js'
import { startPrinting } from '../kit/servers/example.js'

/** Runs a script of package.json in a process group of its own, since npm has a child. */
async function npmRun (t: Test, script: string, config: object): Promise<{ url: string, stop (): Promise<void> }> {
  const { child: npm, line, url } = await startPrinting('npm', ['run', '--silent', script, '--', '--port', '0', '--config', JSON.stringify(config)], { detached: true })
  const { pid } = npm
  if (pid === undefined) throw new Error('npm does not start')
  const closed = once(npm, 'close')
  const signal = (name: NodeJS.Signals): void => { if (npm.exitCode === null && npm.signalCode === null) process.kill(-pid, name) }
  t.teardown(() => signal('SIGKILL'))
  t.match(line, /^listening on http:\/\/127\.0\.0\.1:\d+$/)
  return {
    url,
    // Its output is closed when nobody is left who could write any.
    stop: async () => {
      signal('SIGTERM')
      await closed
    }
  }
}

t.test('npm run engine-echo', async (t) => {
  const { url, stop } = await npmRun(t, 'engine-echo', { pingInterval: 1234 })
  const { port } = new URL(url)

  await t.test('takes options of the plugin', async (t) => {
    const response = await fetch(`${url}/socket.io/?EIO=4&transport=polling`)
    t.equal(response.status, 200)
    t.match(await response.text(), /"pingInterval":1234,/)
  })

  await t.test('lets pages of any origin in', async (t) => {
    const { headers } = await fetch(`${url}/socket.io/?EIO=4&transport=polling`, { headers: { origin: 'http://elsewhere.example' } })
    t.equal(headers.get('access-control-allow-origin'), 'http://elsewhere.example')
  })

  await t.test('sends the packets of revision 1 back', async (t) => {
    const [sid = ''] = (await (await fetch(`${url}/socket.io/1/`)).text()).split(':')
    const client = new Revision1Client(Number(port), 'websocket', sid)
    t.teardown(() => client.close())
    t.equal(await client.next(), '1::')
    await client.send('3:::hello', '4:::{"a":[1]}', '5:::{"name":"news","args":[1,"2"]}', '1::/chat', '3::/chat:there', '5:7+::{"name":"ask","args":[3]}')
    t.strictSame(await client.take(7), [
      '3:::hello', '4:::{"a":[1]}', '5:::{"name":"news","args":[1,"2"]}', '1::/chat', '3::/chat:there', '5:::{"name":"ask","args":[3]}', '6:::7+[3]'
    ])
  })

  await t.test('ends when it is told to', stop)
})

t.test('npm run suite-app', async (t) => {
  const { url, stop } = await npmRun(t, 'suite-app', { path: '/moved/' })

  await t.test('has the times of the suite, and takes a path with a slash at its end', async (t) => {
    const response = await fetch(`${url}/moved/?EIO=4&transport=polling`)
    t.equal(response.status, 200)
    t.match(await response.text(), /"pingInterval":300,"pingTimeout":200,"maxPayload":1000000\}$/)
  })

  await t.test('ends when it is told to', stop)
})
