// Starts app.js on a runtime, with the package as npm publishes it.
import { fork } from 'node:child_process'
import { copyFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { InjectOptions } from 'fastify'
import type { SocketioTransportsOptions } from '../../types/options.js'
import type { Metrics } from '../../types/metrics.js'
import { installPacked } from '../kit/packed.js'
import { speakWith } from '../kit/servers/process.js'
import type { LogLine } from '../kit/servers/app.js'
import type { Teardown } from '../kit/teardown.js'
import type { Runtime } from './installed.js'

export interface AppInit {
  /** Those that can be written as JSON. */
  options?: SocketioTransportsOptions
  /** Options of Fastify. */
  server?: object
  /** The official Server, or decoded packets. Default: the Server. */
  face?: 'server' | 'packets'
  port?: number
  /** What the application adds. */
  extras?: Partial<Record<'onResponse' | 'ownWebsocket' | 'middleware' | 'headers', boolean>>
}

/** What an application says of itself. */
export interface State {
  sessions: number
  transports: string[]
  metrics: Metrics
  /** Its log, from warnings on. */
  lines: LogLine[]
  /** The requests for which hooks onResponse have run. */
  responses: { url: string, ip: string, statusCode: number }[]
}

interface Actions {
  state: { argument?: undefined, told: State }
  flood: { argument: { size: number, ms: number }, told: { most: number } }
  inject: { argument: InjectOptions, told: { statusCode: number, headers: Record<string, string>, body: string } }
  injectWS: { argument: string, told: string }
  close: { argument?: undefined, told: { ms: number } }
}

export interface App {
  readonly port: number
  readonly url: string
  /** Why the plugin could not be registered. */
  readonly failure: { code: string, message: string } | undefined
  /** @throws when the process has ended, or the action has failed */
  ask<Name extends keyof Actions> (name: Name, argument?: Actions[Name]['argument']): Promise<Actions[Name]['told']>
  /** Sends SIGTERM. @returns the exit code of the process */
  terminate (): Promise<number | null>
}

export type StartApp = (t: Teardown, init?: AppInit) => Promise<App>

const FILES = ['app.js', '../clients/scenario-answers.js', '../clients/later-scenario.js', '../clients/scenario-waiting.js']

/** Installs the package in a folder. @returns a function that starts an application in it */
export async function installApp (t: Teardown, { execPath, execArgv }: Runtime): Promise<StartApp> {
  const folder = await installPacked(t, ['fastify', 'socket.io', '@fastify/static', '@fastify/websocket'])
  await writeFile(join(folder, 'package.json'), '{ "name": "user", "private": true, "type": "module" }')
  for (const file of FILES) await copyFile(fileURLToPath(new URL(file, import.meta.url)), join(folder, basename(file)))

  return async (t, init = {}) => {
    const env = { ...process.env, NODE_OPTIONS: '' } // tap's loaders are for Node
    const child = fork(join(folder, 'app.js'), [JSON.stringify(init)], { cwd: folder, execPath, execArgv: [...execArgv], env })
    const server = speakWith(t, child)
    const { port, failure } = await server.told<Pick<App, 'port' | 'failure'>>()
    return {
      port,
      url: `http://127.0.0.1:${port}`,
      failure,
      async ask (name, argument) {
        const { told, failed } = await server.ask<{ told: Actions[typeof name]['told'], failed?: string }>([name, argument])
        if (failed !== undefined) throw new Error(failed)
        return told
      },
      async terminate () {
        const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
        child.kill('SIGTERM')
        return await exited
      }
    }
  }
}
