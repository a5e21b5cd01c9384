// Preloaded (--import) into the runner of tap by `npm test`: keeps the part of tap out of its processes that notes each module they load. Coverage and
// `tap --changed` read these notes, `npm test` does not. They cost each process, and each process that a test starts, a quarter of a second and more.
import { ChildProcess } from 'node:child_process'

const NOTES = /"?--import=[^\s"]*@tapjs\/processinfo[^\s"]*"?/

const { spawn } = ChildProcess.prototype

ChildProcess.prototype.spawn = function (options) {
  const args = options.args.filter((arg) => !NOTES.test(arg))
  const envPairs = options.envPairs.map((pair) => pair.startsWith('NODE_OPTIONS=') ? pair.replace(NOTES, '') : pair)
  return Reflect.apply(spawn, this, [{ ...options, args, envPairs }])
}
