// Closes all registrations of an app at the same time. One after another would take the sum of their times, and the clients of the last one would be told
// to leave last.
import type { FastifyInstance } from 'fastify'
import { beforePreClose } from './private/avvio-close.js'

/** The steps by which a registration closes. Each may be called more than once. */
export interface Closing {
  /** Ends sessions one by one while the app still accepts requests. Undefined when `drainTimeout` is off. */
  readonly drain: (() => Promise<void>) | undefined
  /** Tells all clients to leave, and waits for packets that are under way. */
  part (): Promise<void>
  /** Ends the sessions that are left. */
  end (): Promise<void>
}

const registrations = new WeakMap<object, Closing[]>()

/** Closes a registration when its app closes. @throws FST_SIO_UNSUPPORTED_VERSION when `drain` is set and this version of avvio cannot run it. */
export function closeWith (app: FastifyInstance, closing: Closing): void {
  const { drain } = closing
  const all = registrations.get(app.server) ?? []
  registrations.set(app.server, all)
  all.push(closing)
  app.addHook('preClose', async () => {
    await Promise.all(all.map((one) => one.part()))
    await closing.end()
  })
  // Before `preClose`, because from then on Fastify refuses every request, also those of polling clients.
  if (drain !== undefined) beforePreClose(app, async () => { await Promise.all(all.map((one) => one.drain?.())) })
}
