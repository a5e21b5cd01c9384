// The real clients, in this process, against an application on a runtime: the same steps as on Node (test/clients), and every transport by hand.
import type { Test } from 'tap'
import { startInNode, ofScenario } from '../clients/in-node.js'
import * as later from '../clients/later-suite.js'
import { createScenario } from '../clients/old-scenario.js'
import * as old from '../clients/old-suite.js'
import type { Serve } from '../clients/every-suite.js'
import type { EngineClient } from '../kit/engine-io/client.js'
import { client09 } from '../kit/official-clients.js'
import { ALL } from '../kit/revision-1/client.js'
import { inTime } from '../kit/waiting.js'
import { echoes, engine, ENGINE_WAYS, expect, revision1, VERSIONS } from '../security/entrances.js'
import { webSockets } from '../security/websocket-kinds.js'
import type { StartApp } from './app.js'

/** Any characters, and more than what goes out in one write. */
const TEXTS = ['é\u2028 😀 </script>', 'x'.repeat(20_000), 'ü'.repeat(80_000)]
const ALL_TRANSPORTS = ['polling', ...ALL] as const

function realClients (t: Test, start: StartApp): void {
  t.test('the published clients, with default options', async (t) => {
    const shared = await start(t)
    const serve: Serve = async () => ({ url: shared.url, close: async () => {} })
    const serveAnew: Serve = async (t, port = 0) => {
      const { url, ask } = await start(t, { port })
      return { url, close: () => ask('close') }
    }
    const clientOf = (transport: string) => async (url: string) => ofScenario(createScenario(client09, { url, transport }))
    for (const transport of ['websocket', 'xhr-polling']) {
      old.exchangeSuite(t, { transport, start: clientOf(transport), serve })
      old.restartSuite(t, { transport, start: clientOf(transport), serve: serveAnew })
    }
    for (const generation of [1, 2, 3, 4] as const) {
      for (const way of later.WAYS) later.exchangeSuite(t, { generation, way, start: (url) => startInNode(generation, { url, transports: way.transports }), serve })
    }
    for (const way of later.WAYS) later.restartSuite(t, { generation: 4, way, start: (url) => startInNode(4, { url, transports: way.transports }), serve: serveAnew })
    t.test('the log has no warning', async (t) => {
      t.strictSame((await shared.ask('state')).lines, [])
    })
  })
}

/** Bytes go up and come back, in an acknowledgement. */
async function echoBytes (client: EngineClient): Promise<void> {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i))
  await client.send('451-7["echo",{"_placeholder":true,"num":0}]', bytes)
  await inTime(expect(client, '461-7[{"_placeholder":true,"num":0}]'), 'the acknowledgement')
  const back = await inTime(client.next(), 'the bytes')
  if (!Buffer.isBuffer(back) || !back.equals(bytes)) throw new Error(`${String(back)} came back`)
}

function everyTransport (t: Test, start: StartApp): void {
  for (const face of ['server', 'packets'] as const) {
    t.test(`every transport, ${face}`, async (t) => {
      const { port, ask } = await start(t, { face, options: { transports: ALL_TRANSPORTS } })
      for (const name of ALL) {
        const client = await revision1(t, port, name)
        for (const text of TEXTS) await t.resolves(echoes(client, text), `revision 1, ${name}: ${text.length} characters`)
      }
      for (const eio of VERSIONS) {
        for (const way of ENGINE_WAYS) {
          const client = await engine(t, port, eio, way)
          for (const text of TEXTS) await t.resolves(echoes(client, text), `engine ${eio}, ${way}: ${text.length} characters`)
          if (face === 'server') await t.resolves(echoBytes(client), `engine ${eio}, ${way}: bytes`)
        }
      }
      for (const client of await webSockets(t, port)) await t.resolves(client.echoes('by frames'), client.name)
      const { lines, metrics: { refused } } = await ask('state')
      t.strictSame([lines, refused], [[], {}])
    })
  }
}

export function clientsSuite (t: Test, start: StartApp): void {
  realClients(t, start)
  everyTransport(t, start)
}
