// Real clients of every generation by TLS, whose server has a certificate that nobody has signed.
import process from 'node:process'
import type { Test } from 'tap'
import { createScenario } from '../clients/later-scenario.js'
import { createScenario as createOld } from '../clients/old-scenario.js'
import { ofScenario } from '../clients/in-node.js'
import type { Client } from '../clients/every-suite.js'
import { client09, loadOfficial } from '../kit/official-clients.js'

// For the old clients, which know no option for it.
process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'

export interface Start {
  readonly name: string
  /** The transport that it uses in the end. */
  readonly transport: string
  start (url: string): Client
}

const later = ([1, 2, 3, 4] as const).flatMap((generation) => [['polling'], ['polling', 'websocket'], ['websocket']].map((transports): Start => ({
  name: `${generation}.x over ${transports.join(', then ')}`,
  transport: transports.at(-1) ?? '',
  start: (url) => {
    const io = loadOfficial(generation)
    return ofScenario(createScenario((url: string, options: object) => io(url, { ...options, rejectUnauthorized: false }), { url, transports }))
  }
})))

const old = ['xhr-polling', 'websocket'].map((transport): Start => ({
  name: `0.9 over ${transport}`,
  transport,
  start: (url) => ofScenario(createOld(client09, { url, transport }))
}))

const STARTS: readonly Start[] = [...later, ...old]

/** Connects each client to a server, by the transport that it asks for, and has its messages echoed. */
export async function everyClient (t: Test, url: string): Promise<void> {
  for (const { name, transport, start } of STARTS) {
    await t.test(name, async (t) => {
      const { run, close } = start(url)
      t.teardown(close)
      t.equal((await run('connect') as { here: string }).here, transport)
      const { echoes } = await run('messages', ['hello', 'ünï']) as { echoes: string[] }
      t.strictSame(echoes, ['hello', 'ünï'])
    })
  }
}
