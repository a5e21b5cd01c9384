// Tells its parent on which Node it runs.
import process from 'node:process'

const { execPath, version } = process
process.send?.({ execPath, version })
