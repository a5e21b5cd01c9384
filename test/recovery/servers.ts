// Servers in this process, which share a Redis that the test controls (fake-redis.ts), and clients that ask for sessions.
import { createAdapter } from '@socket.io/redis-streams-adapter'
import type { Server } from 'socket.io'
import { recoverable } from '../../src/recovery.js'
import type { RecoverableOptions } from '../../types/recovery.js'
import { pluginApp, portOf } from '../kit/servers/app.js'
import { join4 } from '../kit/official-clients.js'
import type { Socket4 } from '../kit/official-clients.js'
import type { Teardown } from '../kit/teardown.js'
import { turns, until } from '../kit/waiting.js'
import type { FakeRedis } from './fake-redis.js'

export interface Started { readonly io: Server, readonly url: string }

export interface StartOptions {
  /** Resolves when the server may read what is new in the stream. */
  lag?: () => Promise<void>
  /** The adapter alone. */
  isOfficial?: boolean
  options?: RecoverableOptions
  recovery?: { skipMiddlewares?: boolean, maxDisconnectionDuration?: number }
}

export async function startServer (t: Teardown, redis: FakeRedis, { lag, isOfficial = false, options, recovery = {} }: StartOptions = {}): Promise<Started> {
  const adapter = isOfficial ? createAdapter(redis.client(lag)) : recoverable(redis.client(lag), createAdapter, options)
  const app = await pluginApp(t, { io: { adapter, connectionStateRecovery: recovery } })
  return { io: app.io, url: `http://127.0.0.1:${await portOf(app)}` }
}

/** Something that is waited for while it is closed. */
export class Door {
  #open = (): void => {}
  #opened = Promise.resolve()

  readonly wait = (): Promise<void> => this.#opened

  close (): void {
    this.#opened = new Promise((resolve) => { this.#open = resolve })
  }

  open (): void {
    this.#open()
  }
}

export class Listening {
  /** The first arguments of 'n' that it has heard. */
  readonly heard: unknown[] = []
  #offset = ''
  #socket: Socket4 | undefined

  static async join (t: Teardown, { url }: Started, auth: object = {}): Promise<Listening> {
    const listening = new Listening()
    listening.#socket = await join4(t, url, { auth }, (socket) => {
      socket.on('n', (n: unknown, ...args: unknown[]) => {
        listening.heard.push(n)
        listening.#offset = String(args.at(-1))
      })
    })
    return listening
  }

  get client (): Socket4 {
    if (this.#socket === undefined) throw new Error('it has not joined')
    return this.#socket
  }

  /** By which it would ask for its session. */
  get auth (): { pid: string, offset: string } {
    return { pid: String(Reflect.get(this.client, '_pid')), offset: this.#offset }
  }
}

/** A client that can recover: it has had an event, 0, which all servers have read. */
export async function joinServer (t: Teardown, started: Started, others: readonly Started[] = []): Promise<Listening> {
  const witnesses = await Promise.all(others.map((other) => Listening.join(t, other)))
  const listening = await Listening.join(t, started)
  const all = [listening, ...witnesses]
  // Servers that have just started may not read the stream yet.
  while (!all.every(({ heard }) => heard.includes(0))) {
    started.io.emit('n', 0)
    await turns(20)
  }
  await until(() => all.every(({ heard }) => heard.length === listening.heard.length))
  for (const { heard } of all) heard.length = 0
  for (const { client } of witnesses) client.disconnect()
  return listening
}
