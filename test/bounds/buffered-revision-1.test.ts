import { buffered } from './buffered-cases.js'
import { REVISION_1 } from './peers.js'

REVISION_1.forEach(buffered)
