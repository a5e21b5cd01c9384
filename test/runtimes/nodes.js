// `npm run test:nodes`: runs the core of the suite (`npm run test:core`) on each Node of this folder (`npm run runtimes`) whose major is not that of the
// Node that runs this. Wants a build. Arguments are passed on to tap.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { once } from 'node:events'
import { delimiter, dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const FOLDER = fileURLToPath(new URL('node_modules', import.meta.url))
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAJORS = [20, 22, 24]

/** All processes of the run find this Node first, and test/runner/node.test.ts asserts it. */
async function run (major) {
  const program = join(FOLDER, `node-${major}-${process.platform}-${process.arch}`, 'bin', 'node')
  if (!existsSync(program)) {
    console.log(`# no Node ${major} found: \`npm run runtimes\` installs it (Linux)`)
    return false
  }
  console.log(`# the core of the suite on Node ${major}`)
  const env = { ...process.env, PATH: `${dirname(program)}${delimiter}${process.env.PATH}`, NODE_OF_TESTS: program }
  const [code] = await once(spawn('npm', ['run', 'test:core', '--ignore-scripts', '--', ...process.argv.slice(2)], { cwd: ROOT, env, stdio: 'inherit' }), 'exit')
  return code === 0
}

for (const major of MAJORS) if (major !== Number(process.versions.node.split('.')[0]) && !await run(major)) process.exitCode = 1
