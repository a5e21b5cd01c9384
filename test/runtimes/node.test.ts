// The same on the Node that runs the tests: the suite asks for nothing that Node does not do. Wants a build.
import t from 'tap'
import { runtimeSuite } from './suite.js'
import { NODE } from './installed.js'

runtimeSuite(t, NODE)
