import { ENGINE, held } from './held-memory.js'

ENGINE.forEach(held)
