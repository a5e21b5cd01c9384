import { held, REVISION_1 } from './held-memory.js'

REVISION_1.forEach(held)
