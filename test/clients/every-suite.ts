// What the clients of all generations have in common: how a suite runs its steps, and the steps that are the same for all.
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { buildApp, listen } from './scenario-app.js'

/** Runs one step of the scenario where the client is. */
export type Run = (step: string, ...args: unknown[]) => Promise<unknown>

export interface Client {
  run: Run
  /** Takes the client's surroundings down. */
  close (): Promise<void>
}

/** Starts a client of the server at `url`. */
export type Start = (url: string) => Promise<Client>

/** Any characters, and whatever could be taken for syntax. */
export const TEXTS = [
  '', ' ', '"quoted" and \'quoted\'', 'back\\slash and \\n', 'new\nline\r\nand tab\t', '<script>alert(1)</script><!--', '1:2::3', '::',
  'line\u2028paragraph\u2029', 'replaced \ufffd', '\ufffd5\ufffd3:::x', 'emoji 👩‍👩‍👧 😀', 'nul \u0000 and \u0001', 'ünïcödé 漢字', 'a/b//c', '+&=%20?#', 'x'.repeat(20_000)
]
export const AWKWARD = { 'line\u2028': ['\u2029', '</script>', '"\\', '😀', '\ufffd'] }

export const unitsOf = (text: string): number[] => Array.from({ length: text.length }, (_, i) => text.charCodeAt(i))

/** A server of the scenarios. */
export interface Served {
  readonly url: string
  /** Where it is in this process. */
  readonly app?: FastifyInstance
  close (): Promise<unknown>
}

/** Starts a server that ends with the test. */
export type Serve = (t: Test, port?: number) => Promise<Served>

const serveHere: Serve = async (t, port) => {
  const app = await buildApp()
  t.teardown(() => app.close())
  return { app, url: await listen(app, port), close: () => app.close() }
}

/** All steps on one server. */
export function onOneServer (t: Test, name: string, start: Start, steps: (t: Test, run: Run, app?: FastifyInstance) => Promise<void>, serve = serveHere): void {
  t.test(name, async (t) => {
    const { url, app } = await serve(t)
    const { run, close } = await start(url)
    t.teardown(close)
    t.afterEach(() => run('close'))
    await steps(t, run, app)
  })
}

/** @returns the client's id */
export async function connects (t: Test, run: Run, transport: string): Promise<string> {
  const { here, sid, seen } = await run('connect') as { here: string, sid: string, seen: { id: string, transport: string, query: { room: string } } }
  t.equal(here, transport)
  t.equal(seen.transport, transport)
  t.equal(seen.id, sid)
  t.equal(seen.query.room, 'attic')
  return sid
}

/** Texts arrive whole and come back. @param echoed as what */
export async function comeBack (t: Test, run: Run, texts = TEXTS, echoed = texts): Promise<void> {
  const { echoes, units } = await run('messages', texts) as { echoes: string[], units: number[][] }
  t.strictSame(echoes, echoed)
  t.strictSame(units, texts.map(unitsOf))
}

/** What the step `acks` sees. */
export const ACKS = { data: [5, { of: [2, 3] }], value: [AWKWARD], asked: [[AWKWARD, 'answered', { deep: [1, null] }]] }

/** How a server in this process is looked at before and after it has closed. */
export interface Looks { before? (app: FastifyInstance, sid: string): void, after? (app: FastifyInstance): void }

/** The server goes and another one comes in its place. @param seen what the client sees then */
export function onRestart (t: Test, name: string, start: Start, seen: object, looks: (t: Test) => Looks = () => ({}), serve = serveHere): void {
  t.test(name, async (t) => {
    const { before, after } = looks(t)
    const { url, app, close: stop } = await serve(t)
    const { run, close } = await start(url)
    t.teardown(close)
    const sid = await run('beforeRestart') as string
    if (app !== undefined) before?.(app, sid)
    await stop()
    if (app !== undefined) after?.(app)
    await serve(t, Number(new URL(url).port))
    t.strictSame(await run('comeBack'), seen)
    await run('close')
  })
}
