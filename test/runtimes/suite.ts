// What an application of the packed package does on a runtime.
import type { Test } from 'tap'
import { installApp } from './app.js'
import { clientsSuite } from './clients-suite.js'
import { hostileSuite } from './hostile-suite.js'
import type { Runtime } from './installed.js'
import { optionsSuite } from './options-suite.js'
import { shutdownSuite } from './shutdown-suite.js'

export function runtimeSuite (t: Test, runtime: Runtime): void {
  t.test(`${runtime.name} ${runtime.version}`, { skip: runtime.skip }, async (t) => {
    const start = await installApp(t, runtime)
    clientsSuite(t, start)
    optionsSuite(t, start)
    shutdownSuite(t, start)
    hostileSuite(t, start)
  })
}
