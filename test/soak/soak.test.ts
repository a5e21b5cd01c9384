// A short run of the soak, and that it notices a server that goes wrong: run.js as it is started by hand.
import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import type { Test } from 'tap'

const RUN = fileURLToPath(new URL('run.js', import.meta.url))
const SHORT = ['--sessions', '150', '--minutes', '0.13', '--pace', '4', '--sample', '1', '--seed', '1', '--tolerance', '3']

function start (t: Test, ...flags: string[]) {
  const out = join(t.testdir(), 'report.html')
  const child = spawn(process.execPath, [RUN, ...SHORT, '--out', out, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill())
  return { child, out, exited: once(child, 'exit') }
}

/** What it prints last, in sentences, and its exit code. */
async function conclusion ({ child, exited }: ReturnType<typeof start>) {
  const output = await text(child.stdout)
  const [code] = await exited as [number]
  return { code, output, failures: output.split('\n').filter((line) => line.startsWith('FAILED')) }
}

t.jobs = 2 // they wait for timeouts most of the time

t.test('it is stopped by a signal, with all its processes', async (t) => {
  const run = start(t, '--minutes', '5')
  let port = 0
  for await (const [line] of on(createInterface(run.child.stdout), 'line') as AsyncIterable<[string]>) {
    port = Number(/127\.0\.0\.1:(\d+)$/.exec(line)?.[1] ?? port)
    if (/opened [1-9]/.test(line)) break
  }
  run.child.kill('SIGINT')
  t.strictSame(await run.exited, [1, null])
  const connection = connect(port, '127.0.0.1')
  await t.rejects(once(connection, 'connect'), { code: 'ECONNREFUSED' })
  t.match(await readFile(run.out, 'utf8'), 'SIGINT has stopped the run')
})

t.test('hundreds of clients of every generation come and go, lose nothing and leave nothing behind', async (t) => {
  const run = start(t)
  const { code, output, failures } = await conclusion(run)
  t.strictSame(failures, [])
  t.equal(code, 0)
  t.match(output, /all is as it was\n$/)
  const html = await readFile(run.out, 'utf8')
  t.match(html, '<b>Flat.</b>')
  t.notMatch(html, /NaN|undefined|Infinity/)
  t.notMatch(html, /<script|https?:|@import|url\(/, 'the report needs nothing from elsewhere')
})

t.test('the same on two nodes, with half of all requests on the wrong one', async (t) => {
  const { code, failures } = await conclusion(start(t, '--nodes', '2', '--sessions', '100'))
  t.strictSame(failures, [])
  t.equal(code, 0)
})

t.test('a server that leaks, answers twice, keeps handles or logs an error is caught', async (t) => {
  const { code, failures } = await conclusion(start(t, '--sessions', '100', ...['leak', 'double', 'handles', 'log'].flatMap((name) => ['--fault', name])))
  t.equal(code, 1)
  const found = ['sessions went wrong, the first: .* heard ', 'lines of level error in the log, .* an error that is none', 'memory grows: ', 'handles are left over: .* of Timeout']
  for (const sentence of found) t.ok(failures.some((line) => new RegExp(sentence).test(line)), sentence, { failures })
})
