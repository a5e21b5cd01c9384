// The registrations of one app close together: each takes its time, and a client of the last one is not to be told after that of all others.
import { beforePreClose } from './private/avvio-close.js'
import type { FastifyInstance } from 'fastify'

/** What a registration does when its app closes. Both may be called again, and then wait for the same end. */
export interface Closing {
  /** Lets sessions go one by one, while requests are still let in; undefined: there is no time for that. */
  readonly drain: (() => Promise<void>) | undefined
  /** Tells all clients to go, and hears what is on its way. */
  part (): Promise<void>
  /** Ends what is left. */
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
