// The processes of `npm test` do not load the part of tap that notes their modules, and neither does a process that they start.
import { execFile } from 'node:child_process'
import process from 'node:process'
import { promisify } from 'node:util'
import t from 'tap'

const LEAN = new URL('lean.js', import.meta.url).href
const NOTES = new URL('../../node_modules/@tapjs/processinfo/dist/esm/import.mjs', import.meta.url).href
const RUNNER = `
  import { spawn } from 'node:child_process'
  const args = ['--import=${NOTES}', '--import=data:text/javascript,', '--print', 'JSON.stringify([process.execArgv, process.env.NODE_OPTIONS])']
  spawn(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '--no-warnings "--import=${NOTES}"' }, stdio: 'inherit' })`

/** The flags and NODE_OPTIONS of a process that a runner with these flags has started. `env`: where this process has notes, it gives them to each that it starts. */
async function childOf (flags: readonly string[]): Promise<[string[], string]> {
  const { stdout } = await promisify(execFile)('env', ['NODE_OPTIONS=', process.execPath, ...flags, '--input-type=module', '--eval', RUNNER])
  return JSON.parse(stdout) as [string[], string]
}

t.test('the flag is taken from the arguments and from NODE_OPTIONS, and no other flag is', async (t) => {
  const [args, options] = await childOf([])
  t.strictSame(args.slice(0, 2), [`--import=${NOTES}`, '--import=data:text/javascript,'], 'as tap starts them')
  t.match(options, NOTES)
  const [left, leftOptions] = await childOf(['--import', LEAN])
  t.strictSame(left.slice(0, 1), ['--import=data:text/javascript,'])
  t.equal(leftOptions.trim(), '--no-warnings')
})
