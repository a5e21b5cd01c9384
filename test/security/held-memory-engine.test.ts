import { ENGINE, held } from './held-memory-cases.js'

ENGINE.forEach(held)
