// Several processes that are one example. They start one after the other, and end together.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set()
let code = 0
let ending = false

/** Ends all processes, and then this one. @param {number} [because] the exit code of the process that ended first */
function endAll (because = 0) {
  if (ending) return
  ending = true
  code = because
  for (const child of children) child.kill('SIGTERM')
  exitIfDone()
}

function exitIfDone () {
  if (ending && children.size === 0) process.exit(code)
}

for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => endAll())

/** Starts a module, and shows its lines after its name. Resolves with the address when it says that it listens.
 * @param {string} name @param {URL} module @param {string[]} args @param {Record<string, string>} [env] @returns {Promise<string>} */
export async function startProcess (name, module, args, env = {}) {
  if (ending) return await new Promise(() => {})
  const child = fork(fileURLToPath(module), args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] })
  children.add(child)
  child.once('exit', (status, signal) => {
    children.delete(child)
    if (ending) {
      if (signal !== 'SIGTERM') code ||= status ?? 1 // by the signal itself: it was still starting
      exitIfDone()
    } else endAll(status ?? 1)
  })
  if (child.stdout === null) throw new Error('a pipe has been asked for')
  const lines = createInterface(child.stdout)
  const [first] = await once(lines, 'line')
  lines.on('line', (line) => console.log(`${name}: ${line}`))
  const address = /^listening on (.+)$/.exec(String(first))?.[1]
  if (address === undefined) console.log(`${name}: ${first}`)
  return address ?? ''
}
