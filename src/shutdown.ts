// Closes all registrations of an app at the same time. One after another, each would take its time, and the clients of the last one would hear of it last.
import type { FastifyInstance } from 'fastify'
import { beforePreClose } from './private/avvio-close.js'

/** What a registration does when its app closes. `drain` and `part` may be called again. */
export interface Closing {
  /** Ends sessions one by one while the app still accepts requests. Undefined when `drainTimeout` is off. */
  readonly drain: (() => Promise<void>) | undefined
  /** Tells all clients to go, and waits for packets that are on their way. */
  part (): Promise<void>
  /** Ends the sessions that are left. */
  end (): Promise<void>
}

const registrations = new WeakMap<object, Closing[]>()

/** Has a registration close with its app. @throws FST_SIO_UNSUPPORTED_VERSION when it is to drain and cannot. */
export function closeWith (app: FastifyInstance, closing: Closing): void {
  const { drain } = closing
  const all = registrations.get(app.server) ?? []
  registrations.set(app.server, all)
  all.push(closing)
  app.addHook('preClose', async () => {
    await Promise.all(all.map((one) => one.part()))
    await closing.end()
  })
  // By the time of `preClose` Fastify refuses every request, those of polling clients too.
  if (drain !== undefined) beforePreClose(app, async () => { await Promise.all(all.map((one) => one.drain?.())) })
}
