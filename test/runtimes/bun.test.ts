// Bun runs an application of the packed package: clients, options, the end of the process. Wants a build.
import t from 'tap'
import { runtimeSuite } from './suite.js'
import { BUN } from './installed.js'

runtimeSuite(t, BUN)
