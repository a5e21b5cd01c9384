// The goldens and the cases of the published protocol suites on three nodes, with real links between them: each connection goes to the next node, and the bytes
// are those of one node.
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { pause } from '../kit/engine-io/http-endpoint.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

interface Report {
  totals: Record<'normal', Record<string, number>>
  crashes: string[]
  results: { verdict: string }[]
}

t.test('the transcripts of socket.io 0.9.19', async (t) => {
  const out = join(t.testdir(), 'report.json')
  const args = ['test/golden/replay.mjs', '--dir', 'test/golden', '--app', 'node test/golden/app.js --nodes 3', '--json', out]
  const { NODE_OPTIONS: _, ...env } = process.env
  await new Promise((resolve) => { execFile(process.execPath, args, { cwd: ROOT, env, maxBuffer: 1e7 }, resolve) })
  const { totals, crashes, results } = JSON.parse(await readFile(out, 'utf8')) as Report
  t.strictSame(results.filter(({ verdict }) => verdict === 'FAIL'), [])
  t.strictSame(totals.normal, { pass: 163 })
  t.strictSame(crashes, [])
})

process.env['SUITE_NODES'] = '3'
pause.ms = 300
await import('../protocol/engine-3.test.js')
await import('../protocol/engine-4.test.js')
await import('../protocol/socketio-4.test.js')
await import('../protocol/socketio-5.test.js')
