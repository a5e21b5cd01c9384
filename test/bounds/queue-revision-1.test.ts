import { REVISION_1 } from './peers.js'
import { queue } from './queue-cases.js'

REVISION_1.forEach(queue)
