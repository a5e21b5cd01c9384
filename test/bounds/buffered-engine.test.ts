import { buffered } from './buffered.js'
import { ENGINE } from './peers.js'

ENGINE.forEach(buffered)
