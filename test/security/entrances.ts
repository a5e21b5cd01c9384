// Every way into the server: a session of each dialect on each of its transports, connected and ready to be misused.
import { ALL, handshakeAt, Revision1Client } from '../kit/revision-1/client.js'
import { EngineClient, WAYS } from '../kit/engine-io/client.js'
import type { Way } from '../kit/engine-io/client.js'
import type { Teardown } from '../kit/teardown.js'
import { inTime } from '../kit/waiting.js'
import type { Revision1Transport } from '../../src/transports/index.js'
import type { Eio, Message } from '../kit/engine-io/payload.js'

/** A way of Engine.IO; `upgraded`: from polls to a WebSocket. */
export type EngineWay = Way | 'upgraded'
export const ENGINE_WAYS: readonly EngineWay[] = [...WAYS, 'upgraded']
export const VERSIONS: readonly Eio[] = [3, 4]
/** Those of revision 1 that POST; the others are WebSockets. */
export const POSTING = ALL.filter((name) => !name.endsWith('socket'))
/** Those of Engine.IO that POST. */
export const POLLING = WAYS.filter((way) => !way.startsWith('websocket'))

/** Where revision 1 lives. */
export const revision1Url = (port: number, path = ''): string => `http://127.0.0.1:${port}/socket.io/1/${path}`

/** A session of revision 1 whose `1::` has been read. */
export async function revision1 (t: Teardown, port: number, name: Revision1Transport): Promise<Revision1Client> {
  const client = new Revision1Client(port, name, await handshakeAt(port))
  t.teardown(() => client.close())
  await expect(client, '1::')
  return client
}

/** A session of Engine.IO that is connected to the default namespace. */
export async function engine (t: Teardown, port: number, eio: Eio, way: EngineWay): Promise<EngineClient> {
  const client = new EngineClient(port, eio, way === 'upgraded' ? 'xhr' : way)
  t.teardown(() => client.close())
  await client.open()
  if (eio === 4) await client.send('40')
  await expect(client, '40')
  if (way === 'upgraded') await moveUp(client)
  return client
}

async function moveUp (client: EngineClient): Promise<void> {
  const wire = client.newWire()
  await wire.opened
  wire.send('2probe')
  const answer = await wire.next()
  if (answer !== '3probe') throw new Error(`3probe was expected, ${String(answer)} came`)
  wire.send('5')
  client.wire = wire
}

/** What is passed over: noops, answers to heartbeats, and acknowledgements of what was said before. */
const PASSED = /^(?:3$|6$|8::$|43\d|6:::)/

/** Reads until the packet comes that begins so, and answers heartbeats. @throws when another one comes */
export async function expect (client: { next (): Promise<Message>, send (...packets: string[]): Promise<void> }, packet: string): Promise<string> {
  for (;;) {
    const next = String(await client.next())
    if (next.startsWith(packet)) return next
    if (next === '2') await client.send('3')
    else if (next === '2::') await client.send('2::')
    else if (!PASSED.test(next)) throw new Error(`${packet} was expected, ${next} came`)
  }
}

/** Sends a message and hears it come back: the session lives. */
export async function echoes (client: Revision1Client | EngineClient, text: string): Promise<void> {
  const packet = client instanceof Revision1Client ? `3:::${text}` : `42["message","${text}"]`
  await client.send(packet)
  const heard = await inTime(expect(client, packet), 'echo')
  if (heard !== packet) throw new Error(`${packet} came back as ${heard}`)
}
