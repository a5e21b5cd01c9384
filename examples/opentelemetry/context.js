// What knows the span of the code that runs. An application with @opentelemetry/sdk-node has one already: AsyncLocalStorageContextManager.
import { AsyncLocalStorage } from 'node:async_hooks'
import { context, ROOT_CONTEXT } from '@opentelemetry/api'

const storage = new AsyncLocalStorage()

/** Makes `context.with` work. */
export function enableContext () {
  const manager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, call, self, ...args) => storage.run(active, () => call.apply(self, args)),
    bind: (active, target) => typeof target === 'function' ? (...args) => storage.run(active, () => target(...args)) : target,
    enable: () => manager,
    disable: () => manager
  }
  context.setGlobalContextManager(manager)
}
