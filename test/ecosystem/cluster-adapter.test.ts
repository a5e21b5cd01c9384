// The official adapter that connects the workers of one node:cluster. This process is their primary.
import { setupPrimary } from '@socket.io/cluster-adapter'
import t from 'tap'
import { togetherSuite } from './two-nodes.js'

setupPrimary()
togetherSuite(t, 'cluster')
