import { buffered } from './buffered-cases.js'
import { ENGINE } from './peers.js'

ENGINE.forEach(buffered)
