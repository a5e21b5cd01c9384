import { held, REVISION_1 } from './held-memory-cases.js'

REVISION_1.forEach(held)
