// Servers in processes of their own, which share a Redis.
import { randomUUID } from 'node:crypto'
import { createClient } from 'redis'
import { startProcess } from '../kit/servers/process.js'
import type { ServerProcess } from '../kit/servers/process.js'
import type { Teardown } from '../kit/teardown.js'

export interface Node extends ServerProcess { readonly url: string }

/** @param args those of `node-process.ts` */
export async function startNode (t: Teardown, ...args: string[]): Promise<Node> {
  const node = startProcess(t, new URL('node-process.ts', import.meta.url), args)
  const { port } = await node.told<{ port: number }>()
  return { ...node, url: `http://127.0.0.1:${port}` }
}

/** The prefix of the keys of some nodes; nothing of them is left in Redis. */
export async function newScope (t: Teardown, url: string): Promise<string> {
  const prefix = `test-${randomUUID()}`
  const client = await createClient({ url }).connect()
  t.teardown(async () => {
    for await (const keys of client.scanIterator({ MATCH: `${prefix}*` })) if (keys.length > 0) await client.del(keys)
    client.destroy()
  })
  return prefix
}
