import { ENGINE } from './peers.js'
import { queue } from './queue.js'

ENGINE.forEach(queue)
