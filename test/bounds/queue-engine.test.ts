import { ENGINE } from './peers.js'
import { queue } from './queue-cases.js'

ENGINE.forEach(queue)
