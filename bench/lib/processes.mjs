// The processes of a sample: servers, each alone, and one client. Servers share one CPU, the client has another (Linux).
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import os from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const SERVE = fileURLToPath(new URL('../serve.mjs', import.meta.url))
const CLIENT = fileURLToPath(new URL('../client.mjs', import.meta.url))
/** How long a server may take to listen, and to end, ms. */
const START = 15_000
const STOP = 3000
const COLLECT = 5000

/** As many open files as may be: thousands of sessions need one each. */
const FILES = 'ulimit -n 1048576 2>/dev/null || ulimit -n "$(ulimit -Hn)" 2>/dev/null; exec "$@"'

const children = new Set()
const killChildren = () => { for (const child of children) child.kill('SIGKILL') }
process.on('exit', killChildren)
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1))

const canPin = process.platform === 'linux' && os.cpus().length > 1 && spawnSync('taskset', ['--version']).status === 0

function start (command, args, cpu, options) {
  const pinned = canPin && cpu !== 'none' ? ['taskset', '-c', cpu, command, ...args] : [command, ...args]
  const child = spawn('sh', ['-c', FILES, 'sh', ...pinned], options)
  children.add(child)
  child.on('exit', () => children.delete(child))
  return child
}

export async function freePort () {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

const answers = (port) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1', () => {
    socket.destroy()
    resolve(true)
  })
  socket.on('error', () => resolve(false))
})

/** One process of a target, listening. */
export class ServerProcess {
  #child
  #ended = false
  #errors = ''
  #onUsage = null

  constructor (target, port, { serverCpu, nodeArgs }, more) {
    this.port = port
    const { cmd, args, env, cwd } = target.command?.(port) ?? { cmd: process.execPath, args: ['--expose-gc', ...nodeArgs, SERVE, target.file, String(port), ...more] }
    const child = this.#child = start(cmd, args, serverCpu, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NODE_ENV: 'production', ...env }, cwd })
    child.stderr.on('data', (data) => { if (this.#errors.length < 4000) this.#errors += data })
    child.on('exit', () => { this.#ended = true })
    createInterface(child.stdout).on('line', (line) => {
      if (line.startsWith('MEM ')) this.#onUsage?.(JSON.parse(line.slice(4)))
    })
  }

  /** @param more arguments for serve.mjs */
  static async start (target, settings, more = []) {
    const server = new ServerProcess(target, await freePort(), settings, more)
    for (const end = Date.now() + START; !await answers(server.port); await sleep(30)) {
      if (server.#ended || Date.now() > end) {
        await server.stop()
        throw new Error(`${target.name} did not start: ${server.#errors}`)
      }
    }
    return server
  }

  get pid () { return this.#child.pid }
  get errors () { return this.#errors }

  /** Collects its garbage; what it says of its memory then, nothing where it does not say. */
  collect () {
    this.#child.kill('SIGUSR2')
    return new Promise((resolve) => {
      const timeout = setTimeout(resolve, COLLECT, {})
      this.#onUsage = (usage) => {
        clearTimeout(timeout)
        resolve(usage)
      }
    })
  }

  async stop () {
    if (this.#ended) return
    const exited = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    const timeout = setTimeout(() => this.#child.kill('SIGKILL'), STOP)
    await exited
    clearTimeout(timeout)
  }
}

/** Runs one job on live servers. @param baton where several clients take turns */
export function runClient ({ job, sides, settings, servers, baton }, { clientCpu, timeout }) {
  return new Promise((resolve, reject) => {
    const child = start(process.execPath, ['--max-semi-space-size=32', CLIENT], clientCpu, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`no result within ${timeout / 1000} seconds`))
    }, timeout)
    child.on('message', async ({ turn, collect, result, error }) => {
      if (turn === 'take') baton.take(() => { if (child.connected) child.send({ turn }) })
      else if (turn === 'give back') baton.giveBack()
      else if (collect !== undefined) {
        const usage = await servers.find(({ pid }) => pid === collect).collect()
        if (child.connected) child.send({ pid: collect, usage })
      } else if (error !== undefined) reject(new Error([error, ...servers.map(({ errors }) => errors.slice(-1000)).filter(Boolean)].join('\nserver: ')))
      else resolve(result)
    })
    child.on('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`the client ended with ${code}`))
    })
    child.send({ job, sides, settings })
  })
}
