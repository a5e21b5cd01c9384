// A module of the tests in a process of its own: what ends a process ends that one, and its memory is all its own. The module speaks with the
// test by messages, and ends when it is disconnected. For the examples, which print what they have to say, take `example.ts`.
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { accompany } from '../progress.js'
import type { Teardown } from '../teardown.js'

export interface ServerProcess {
  /** The process itself, for signals. */
  readonly child: ChildProcess
  /** The next message. @throws when the process ends instead */
  told<Told> (): Promise<Told>
  /** Sends a message; the next one of the process is its answer. @throws when the process ends instead */
  ask<Told> (asked: string | object): Promise<Told>
  /** Sends a message that is not answered. */
  send (said: string | object): void
}

/** @param flags more flags of Node's than those of this process */
export function startProcess (t: Teardown, module: URL | string, args: readonly string[] = [], flags: readonly string[] = []): ServerProcess {
  return speakWith(t, fork(typeof module === 'string' ? module : fileURLToPath(module), args, { execArgv: [...process.execArgv, ...flags] }))
}

/** The same with a process that was forked already, of another runtime, say. */
export function speakWith (t: Teardown, child: ChildProcess): ServerProcess {
  accompany(child)
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
  t.teardown(async () => {
    if (hasEnded()) return
    if (child.connected) child.disconnect()
    await once(child, 'exit')
  })

  async function told<Told> (): Promise<Told> {
    const over = new AbortController()
    const exit = once(child, 'exit', over).then(([code, signal]) => { throw new Error(`the server has died: ${String(code ?? signal)}`) })
    exit.catch(() => {})
    try {
      if (hasEnded()) throw new Error('the server is dead')
      const [message] = await Promise.race([once(child, 'message', over), exit]) as [Told]
      return message
    } finally {
      over.abort()
    }
  }

  /** It fails when the process is dead, which is told. */
  const send = (said: string | object): void => { child.send(said, () => {}) }

  return {
    child,
    told,
    send,
    ask (asked) {
      send(asked)
      return told()
    }
  }
}
