import { buffered } from './buffered.js'
import { REVISION_1 } from './peers.js'

REVISION_1.forEach(buffered)
