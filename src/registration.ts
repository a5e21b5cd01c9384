// One registration: its settings, its Engine, and the Server on top. It exists before the app loads its routes (serve.ts).
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Server } from 'socket.io'
import { Engine } from './engine/engine.js'
import { Hosts } from './hosts/hosts.js'
import { logOptionsOf, logWith } from './log-options.js'
import { bindServer } from './official-server.js'
import { warnOfOptions } from './option-warnings.js'
import { readOptions } from './options.js'
import type { Settings, SocketioTransportsOptions } from './options.js'
import { checkRuntime } from './runtime.js'
import type { Closing } from './shutdown.js'

function createEngine (log: FastifyBaseLogger, settings: Settings): Engine {
  const { heartbeatInterval, heartbeatTimeout, closeTimeout, pollingDuration, handshakeTimeout, farewellTimeout } = settings
  const { pingInterval, pingTimeout, upgradeTimeout, bodyTimeout } = settings
  const times = [heartbeatInterval || Infinity, heartbeatTimeout, closeTimeout, pollingDuration, handshakeTimeout, pingInterval, pingTimeout, upgradeTimeout, bodyTimeout, farewellTimeout]
  return new Engine({
    limits: settings,
    shortestTime: Math.min(...times),
    maxSessions: settings.maxSessions,
    maxSessionsPerAddress: settings.maxSessionsPerAddress,
    maxTotalQueueBytes: settings.maxTotalQueueBytes,
    logSessionIds: settings.logSessionIds,
    ...(settings.cluster && { cluster: settings.cluster }),
    ...(settings.generateId && { generateId: settings.generateId }),
    log
  })
}

export class Registration implements Closing {
  readonly settings: Settings
  readonly engine: Engine
  /** Who has the session of a request. */
  readonly hosts: Hosts
  /** The log of the registration and of its requests. */
  readonly log: FastifyBaseLogger
  #server: Server | undefined
  #closesServer = false
  #ended: Promise<void> | undefined

  /** @throws FST_SIO_BAD_OPTION for an unknown option or a wrong value, FST_SIO_UNSUPPORTED_VERSION for a runtime that is too old. */
  constructor (options: SocketioTransportsOptions, log: FastifyBaseLogger) {
    checkRuntime()
    this.settings = readOptions(options)
    this.log = log
    warnOfOptions(options, this.settings, log)
    this.engine = createEngine(logWith(log, logOptionsOf(options)), this.settings)
    this.hosts = new Hosts(this.engine, this.settings)
  }

  /** The official Server, if there is one. */
  get server (): Server | undefined { return this.#server }

  /** Binds a Server to the Engine. @param closes whether the Server closes with the registration @throws FST_SIO_BAD_OPTION for a Server that is attached elsewhere */
  bind (app: FastifyInstance, server: Server, { closes }: { closes: boolean }): void {
    this.#server = bindServer(server, this.engine, app)
    this.#closesServer = closes
  }

  get drain (): Closing['drain'] {
    const { engine, settings: { drainTimeout } } = this
    return drainTimeout === false ? undefined : () => engine.drain(drainTimeout)
  }

  /** Joins the other nodes, if there are any. Rejects when this node cannot listen for them. */
  async join (): Promise<void> {
    const { engine, hosts: { local }, settings: { cluster }, log } = this
    await cluster?.start({ sessions: local, count: () => engine.sessions.size, hold: (bytes) => engine.hold(bytes), log })
  }

  async part (): Promise<void> {
    const { engine, hosts, settings: { farewellTimeout } } = this
    await Promise.all([engine.part(farewellTimeout), hosts.release(farewellTimeout)])
  }

  end (): Promise<void> {
    this.#ended ??= this.#end()
    return this.#ended
  }

  async #end (): Promise<void> {
    if (this.#closesServer) await this.#server?.close()
    this.engine.close()
    await this.settings.cluster?.stop()
  }
}
