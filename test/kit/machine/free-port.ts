import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A port that nobody has. @param wanted 0: any @throws when somebody has the one that is wanted */
export async function freePort (wanted = 0): Promise<number> {
  const server = createServer().listen(wanted, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A port that nobody has, and whose next one nobody has either. */
export async function freePairOfPorts (): Promise<number> {
  for (;;) {
    const port = await freePort()
    const next = port < 65_535 ? await freePort(port + 1).catch(() => undefined) : undefined
    if (next !== undefined) return port
  }
}
