// Clients whose connection lasts: streams and WebSockets of every dialect, seen alike. They read numbers, as polling clients do (faulty-sessions.ts).
import { connectRevision1, isWebSocket } from '../kit/revision-1/client.js'
import type { Revision1Client } from '../kit/revision-1/client.js'
import { EngineClient } from '../kit/engine-io/client.js'
import type { Revision1Transport } from '../../src/transports/index.js'
import { numbersIn } from './polling-clients.js'
import type { Eio } from '../kit/engine-io/payload.js'
import { ofTwoNodes } from './two-nodes.js'

/** A client that is connected. */
export interface Open {
  readonly sid: string
  /** The next message; undefined when there will be none. */
  next (): Promise<number | undefined>
  /** What carries it, once more, for the same session, where that is possible. */
  again (): Open
  close (): void
}

export interface Lasting {
  readonly name: string
  readonly kind: 'stream' | 'websocket'
  readonly dialect: 'revision 1' | 'engine'
  /** What stands before the text of a message in its frame. */
  readonly prefix: string
  open (port: number): Promise<Open>
}

function openRevision1 (client: Revision1Client, held = client.held ?? client.hold()): Open {
  return {
    sid: client.sid,
    async next () {
      for (let packet = await held.next(); packet !== undefined; packet = await held.next()) {
        if (packet.startsWith('3:::')) return parseInt(packet.slice(4))
        if (packet === '7:::1+0') throw new Error('the session is over')
      }
      return undefined
    },
    again: () => openRevision1(client, client.hold()),
    close: () => client.close()
  }
}

const byRevision1 = (name: Revision1Transport): Lasting => ({
  name,
  kind: isWebSocket(name) ? 'websocket' : 'stream',
  dialect: 'revision 1',
  prefix: '3:::',
  async open (port) {
    return openRevision1(await connectRevision1(port, name))
  }
})

const byEngine = (eio: Eio): Lasting => ({
  name: `engine ${eio} by websocket`,
  kind: 'websocket',
  dialect: 'engine',
  prefix: '4',
  async open (port) {
    const client = new EngineClient(port, eio, 'websocket')
    await client.open()
    return {
      sid: client.sid,
      async next () {
        for (let packet = await client.wire?.next(); packet !== undefined; packet = await client.wire?.next()) {
          const [number] = numbersIn([packet])
          if (number !== undefined) return number
        }
        return undefined
      },
      again () { throw new Error('a session of Engine.IO has one WebSocket') },
      close: () => client.close()
    }
  }
})

export const LASTING: readonly Lasting[] = ofTwoNodes([
  byRevision1('htmlfile'), byRevision1('xhr-multipart'), byRevision1('websocket'), byRevision1('flashsocket'), byEngine(3), byEngine(4)
])

/** What comes until there is no more. */
export async function rest (open: Open): Promise<number[]> {
  const numbers: number[] = []
  for (let number = await open.next(); number !== undefined; number = await open.next()) numbers.push(number)
  return numbers
}
