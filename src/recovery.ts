// The entry `fastify-socketio-transports/recovery`.
import process from 'node:process'
import { BadOptionError, NotRecoverableError } from './errors.js'
import { optionsOf } from './private/server-options.js'
import type { ServerNamespace } from './private/recoverable-socket.js'
import { streamAdapterOf } from './private/stream-adapter.js'
import type { RecoverableOptions } from '../types/recovery.js'
import { GuardedClient } from './recovery/guarded-client.js'
import { makeRecoverable } from './recovery/recoverable-adapter.js'

const DEFAULT_INTERVAL = 5000
const MAX_TIME = 2 ** 31 - 1

/** Reports once, until it works again. */
function newReporter ({ log }: RecoverableOptions) {
  let isReported = false
  return {
    failed (detail: string, err?: unknown): void {
      if (isReported) return
      isReported = true
      const message = `sessions are not saved, and their clients begin anew if this node is killed: ${detail}`
      if (log === undefined) process.emitWarning(`${message}${err instanceof Error ? ` (${err.message})` : ''}`, { code: 'FST_SIO_SESSION_NOT_SAVED' })
      else log.warn(err === undefined ? {} : { err }, message)
    },
    worked (): void {
      isReported = false
    }
  }
}

function checkOptions (client: unknown, createAdapter: unknown, { saveInterval = DEFAULT_INTERVAL }: RecoverableOptions): void {
  if (typeof client !== 'object' || client === null) throw new BadOptionError('client', String(client), 'a client of the package "redis" or "ioredis", as the first argument of recoverable()')
  if (typeof createAdapter !== 'function') {
    throw new BadOptionError('createAdapter', String(createAdapter), 'the function createAdapter of @socket.io/redis-streams-adapter, as the second argument of recoverable()')
  }
  if (!Number.isInteger(saveInterval) || saveInterval < 1 || saveInterval > MAX_TIME) {
    throw new BadOptionError('saveInterval', String(saveInterval), `a whole number of milliseconds from 1 to ${MAX_TIME}`)
  }
}

/** Calls a function that should be `createAdapter`; what it returns is a mistake that is easily made. */
function callWith<Client, MakeAdapter> (client: Client, createAdapter: (client: Client) => MakeAdapter): MakeAdapter {
  const allowed = 'createAdapter of @socket.io/redis-streams-adapter itself, or a function that calls it: (client) => createAdapter(client, options)'
  try {
    const makeAdapter = createAdapter(client)
    if (typeof makeAdapter === 'function') return makeAdapter
  } catch (error) {
    throw new BadOptionError('createAdapter', `a function that throws (${String(error)})`, allowed)
  }
  throw new BadOptionError('createAdapter', 'a function that returns no adapter', allowed)
}

/** How long the Server keeps sessions, ms. @throws FST_SIO_NOT_RECOVERABLE for a Server that keeps none */
function maxAgeOf ({ server }: ServerNamespace): number {
  const recovery = optionsOf(server)?.connectionStateRecovery
  if (recovery === undefined) throw new NotRecoverableError('the Server has no connectionStateRecovery', 'set its option "connectionStateRecovery": {}')
  return recovery.maxDisconnectionDuration ?? 120_000
}

/** Documented in types/recovery.d.ts. */
export function recoverable<Client extends object, MakeAdapter extends (nsp: never) => object> (
  client: Client, createAdapter: (client: Client) => MakeAdapter, options: RecoverableOptions = {}
): MakeAdapter {
  checkOptions(client, createAdapter, options)
  const guarded = new GuardedClient(client)
  const makeAdapter = callWith(guarded.client, createAdapter)
  const reporter = newReporter(options)

  async function report (done: Promise<void>): Promise<void> {
    try {
      await done
      reporter.worked()
    } catch (error) {
      reporter.failed('a command of Redis has failed', error)
      throw error
    }
  }

  // The Server calls it with `new`.
  return function (nsp: ServerNamespace): object {
    const maxAge = maxAgeOf(nsp)
    const adapter = Reflect.apply(makeAdapter, undefined, [nsp]) as object
    makeRecoverable(streamAdapterOf(adapter), {
      nsp,
      maxAge,
      interval: Math.min(options.saveInterval ?? DEFAULT_INTERVAL, maxAge / 10),
      save: (pid, write) => report(guarded.save(pid, write)),
      remove: (pid) => report(guarded.remove(pid)),
      onUnsupported: () => reporter.failed('this version of socket.io does not tell the id by which a client asks for its session')
    })
    return adapter
  } as unknown as MakeAdapter
}
