// An example in a process of its own, started as a user does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from '../machine/free-port.js'

const EXAMPLES = new URL('../../../examples/', import.meta.url)

export interface Example {
  port: number
  /** Ends it with SIGTERM; resolves with its exit code. */
  stop (): Promise<number | null>
}

/** Starts an example on a free port, which it takes from `PORT`, and waits until Fastify says that it listens. */
export async function startExample (name: string): Promise<Example> {
  const port = await freePort()
  const child = spawn(process.execPath, [fileURLToPath(new URL(name, EXAMPLES))], {
    env: { ...process.env, PORT: String(port) }, stdio: ['ignore', 'pipe', 'inherit']
  })
  const exited = once(child, 'exit') as Promise<[number | null]>
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) if (String(chunk).includes('Server listening')) break
  child.stdout.resume()
  return {
    port,
    async stop () {
      child.kill()
      const [code] = await exited
      return code
    }
  }
}
