// Starts an example by its name: node examples/start.js chat [flags]. A fresh clone is built first. Node that does not load TypeScript by itself (before 22.18)
// gets a loader.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const EXAMPLES = {
  live: './live/server.js',
  chat: './chat/server.ts',
  sessions: './sessions/server.js',
  rooms: './rooms/start.js',
  device: './device/start.js',
  cluster: './cluster/start.js',
  echo: './echo/server.js'
}

const [name = ''] = process.argv.splice(2, 1)
const module = EXAMPLES[name]
if (module === undefined) {
  console.error(`Name an example: ${Object.keys(EXAMPLES).join(', ')}.`)
  process.exit(2)
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
if (!existsSync('node_modules/fastify')) {
  console.error('The packages are missing. Install them first: npm ci')
  process.exit(1)
}
if (!existsSync('dist/index.js')) {
  console.error('building the plugin …')
  const { status } = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

if (module.endsWith('.ts') && !process.features.typescript) await import('ts-blank-space/register')
await import(module)
