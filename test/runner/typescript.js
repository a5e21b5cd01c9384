// Preloaded (--import) into each process that runs TypeScript: those of tap (.taprc), and those they fork.
import module from 'node:module'
import process from 'node:process'
import { sync } from './hooks.js'

/** Before, its hooks do not get along with those of `module.register`, which tap uses there. */
const SINCE = [24, 13, 1]

const [major, minor, patch] = process.versions.node.split('.').map(Number)
if (major > SINCE[0] || (major === SINCE[0] && (minor > SINCE[1] || (minor === SINCE[1] && patch >= SINCE[2])))) module.registerHooks(sync)
else module.register('./hooks.js', import.meta.url)

// Forks have these flags too, and no use for tap's mocks, which take longer to load than all else.
const { execArgv } = process
for (let at = execArgv.length - 1; at >= 0; at--) if (execArgv[at].includes('@tapjs/mock')) execArgv.splice(at, 1)
