// An app with the inspector, and what an operator's browser sends.
import { mock } from 'node:test'
import type { FastifyInstance, FastifyServerOptions, LightMyRequestResponse } from 'fastify'
import inspector from '../../src/inspector.js'
import type { InspectorOptions } from '../../types/inspector.js'
import type { SocketioTransportsOptions } from '../../types/options.js'
import { pluginApp } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'

export interface Setup { inspector?: InspectorOptions, plugin?: SocketioTransportsOptions, server?: FastifyServerOptions }

export async function inspectedApp (t: Teardown, { inspector: options = { allowAnyone: true }, plugin = {}, server = {} }: Setup = {}): Promise<FastifyInstance> {
  const app = await pluginApp(t, plugin, server)
  await app.register(inspector, { prefix: '/inspector', ...options })
  return app
}

/** Headers of a request that the page of the inspector makes. */
export const OWN = { 'sec-fetch-site': 'same-origin' }

export const get = (app: FastifyInstance, path: string, headers: Record<string, string> = OWN): Promise<LightMyRequestResponse> => app.inject({ url: `/inspector/${path}`, headers })
export const post = (app: FastifyInstance, path: string, headers: Record<string, string> = OWN): Promise<LightMyRequestResponse> =>
  app.inject({ method: 'POST', url: `/inspector/${path}`, headers })

/** The data of a path. @throws when it is not answered with 200 */
export async function read <Data> (app: FastifyInstance, path: string): Promise<Data> {
  const answer = await get(app, path)
  if (answer.statusCode !== 200) throw new Error(`${path} is answered with ${answer.statusCode} ${answer.body}`)
  return answer.json<Data>()
}

export interface Row { handle: string, session: string, user: string, dialect: string, transport: string, state: string, queued: number, silenceAtLeast: boolean }
export interface Page { total: number, found: number, page: number, pages: number, rows: Row[] }
export interface Entry { n: number, type: string, direction?: string, text?: string, hex?: string, bytes?: number, kind?: string, reason?: string, from?: string }
export interface Opened extends Row { dropped: number, entries: Entry[], heardAt?: number }

/** Takes timeouts of the given lengths from the process. @returns a function that lets their time be over */
export function holdTimeouts (t: Teardown, ...lengths: number[]): () => void {
  const held = new Map<object, () => void>()
  const { setTimeout, clearTimeout } = globalThis
  mock.method(globalThis, 'setTimeout', (callback: () => void, ms?: number, ...args: []) => {
    if (!lengths.includes(ms ?? 0)) return setTimeout(callback, ms, ...args)
    const handle = { unref: () => handle, refresh: () => handle }
    held.set(handle, callback)
    return handle
  })
  mock.method(globalThis, 'clearTimeout', (handle: NodeJS.Timeout) => { if (!held.delete(handle)) clearTimeout(handle) })
  t.teardown(() => mock.restoreAll())
  return () => {
    for (const callback of [...held.values()]) callback()
  }
}
