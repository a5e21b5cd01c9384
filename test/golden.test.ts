// The golden transcripts against the built plugin, under the contract of test/golden/REPLAY.md.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { boundaryOf, fromPayload } from './kit/revision-1/payload.js'
import { serve } from './kit/revision-1/server.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

interface Report {
  totals: Record<'normal' | 'defect' | 'optional', Record<string, number>>
  crashes: string[]
  stubborn: number
  results: { name: string, class: string, verdict: string, at?: string, diff?: string }[]
}

function replay (out: string): Promise<string> {
  const { NODE_OPTIONS: _, ...env } = process.env
  const args = ['test/golden/replay.mjs', '--dir', 'test/golden', '--app', 'node test/golden/app.js', '--json', out]
  return new Promise((resolve) => {
    // Its exit status is in the report, in more words.
    execFile(process.execPath, args, { cwd: ROOT, env, maxBuffer: 1e7 }, (_error, stdout, stderr) => resolve(stdout + stderr))
  })
}

t.test('the server answers as the old one did, byte for byte, and without its faults', async (t) => {
  if (!existsSync(join(ROOT, 'dist/index.js'))) throw new Error('dist/index.js is missing: run `npm run build` first (`npm test` does)')
  const out = join(t.testdir(), 'report.json')
  const output = await replay(out)
  if (!existsSync(out)) throw new Error(`no report: ${output}`)
  const { totals, crashes, stubborn, results } = JSON.parse(await readFile(out, 'utf8')) as Report
  t.strictSame(results.filter(({ verdict }) => verdict === 'FAIL'), [])
  t.strictSame(totals.normal, { pass: 163 })
  t.strictSame(results.filter(({ verdict }) => verdict === 'like legacy').map(({ name }) => name), [])
  t.ok(results.some((result) => result.class === 'defect'), 'the faults of the old server are among the scenarios')
  t.strictSame(crashes, [])
  t.equal(stubborn, 0)
})

interface Step { kind: string, dir: string, conn: string, data?: string, headers?: [string, string][] }
interface Transcript { scenarios: { scenario: string, steps: Step[] }[] }

/** The stream of a scenario of 0.6.18, with its packets replaced by `#`: what is left is the envelope. */
async function legacyEnvelope (name: string): Promise<{ contentType: string, text: string }> {
  const transcript = JSON.parse(await readFile(join(ROOT, 'test/golden/socket.io-0.6.18/xhr-multipart.json'), 'utf8')) as Transcript
  const steps = transcript.scenarios.find(({ scenario }) => scenario === name)?.steps ?? []
  const head = steps.find(({ kind, conn }) => kind === 'http-response' && conn === 'c1')
  const contentType = head?.headers?.find(([key]) => key === 'Content-Type')?.[1] ?? ''
  const text = steps.filter(({ kind, conn }) => kind === 'chunk' && conn === 'c1').map(({ data }) => data).join('')
  return { contentType, text: text.replaceAll(/~m~[^\n]*/g, '#') }
}

t.test('the envelope of xhr-multipart is that of socket.io 0.6.18', async (t) => {
  const { contentType, text } = await legacyEnvelope('burst')
  t.equal(text.split('#').length - 1, 4, 'the session id and three messages')
  const server = await serve(t)
  const session = await server.connect('xhr-multipart')
  for (const data of ['one', 'two', 'three']) session.socket.send({ type: 'message', data })
  t.strictSame(await session.client.take(3), ['3:::one', '3:::two', '3:::three'])
  const headers: IncomingHttpHeaders = (await session.client.held?.opened)?.headers ?? {}
  const normal = (ours: string): string => ours.replaceAll(boundaryOf(headers), 'socketio')
  t.equal(normal(headers['content-type'] ?? ''), contentType)
  t.equal(normal(session.client.held?.text ?? '').replaceAll(/\d::[^\n]*/g, '#'), text)
})

t.test('what the real 0.9.17 client posted is understood', async (t) => {
  interface ClientStep { kind: string, dir: string, method?: string, body?: string, data?: string, target?: string }
  const file = join(ROOT, 'test/golden/client-0.9.17/xhr-polling.json')
  const { scenarios } = JSON.parse(await readFile(file, 'utf8')) as { scenarios: { steps: ClientStep[] }[] }
  const bodies = scenarios.flatMap(({ steps }) => steps)
    .flatMap(({ kind, method, body }) => kind === 'http-request' && method === 'POST' && body !== undefined ? [body] : [])
    .filter((body) => !/\$SID|… \(/.test(body))
  t.ok(bodies.some((body) => body.startsWith('\ufffd')), 'framed payloads are among them')
  const server = await serve(t)
  const spoken = bodies.flatMap(fromPayload).filter((packet) => /^[3-6]:/.test(packet))
  const { client, packets } = await server.connect('xhr-polling')
  for (const body of bodies.filter((body) => !fromPayload(body).includes('0::'))) await client.post(body)
  t.equal(packets.filter(({ type }) => ['message', 'json', 'event', 'ack'].includes(type)).length, spoken.length)
  t.ok(spoken.length > 5)
})
