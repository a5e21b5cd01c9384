// All processes of a run are of one Node: that of `npm run test:nodes`, which runs the core of the suite on another one than the machine's.
import { execFile } from 'node:child_process'
import { realpathSync } from 'node:fs'
import process from 'node:process'
import { promisify } from 'node:util'
import t from 'tap'
import { startProcess } from '../kit/servers/process.js'

const { NODE_OF_TESTS = process.execPath } = process.env
const exec = promisify(execFile)

t.test('this process, those that it forks, and `node` of the PATH', async (t) => {
  t.equal(realpathSync(process.execPath), realpathSync(NODE_OF_TESTS))
  const { stdout } = await exec('node', ['--print', 'process.version'], { env: { ...process.env, NODE_OPTIONS: '' } })
  t.equal(stdout.trim(), process.version)
  const forked = startProcess(t, new URL('node-process.ts', import.meta.url))
  t.strictSame(await forked.told(), { execPath: process.execPath, version: process.version })
})
