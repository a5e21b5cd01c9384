// How sessions of Engine.IO end, as their clients see it.
import type { Test } from 'tap'
import type { EngineClient } from '../kit/engine-io/client.js'
import { CLOSED, UNKNOWN_SESSION } from './refusal-texts.js'
import { engine } from './entrances.js'
import type { EngineWay } from './entrances.js'
import type { Target } from './withstands.js'
import { inTime } from '../kit/waiting.js'
import type { Eio, Message } from '../kit/engine-io/payload.js'

/** Waits until a session of Engine.IO is over: its WebSocket is closed, whose code is told, or its polls are refused as of nobody. */
export const ending = (client: EngineClient): Promise<number | string> => inTime<number | string>(client.wire?.closed ?? lastPoll(client), 'end of the session')

async function lastPoll (client: EngineClient): Promise<string> {
  for (;;) {
    const answer = await client.hold().answer
    if (answer.status !== 200) return `${answer.status} ${String(answer.body)}`
    const packets = client.read(answer)
    if (packets.some((packet) => !['1', '2', '6'].includes(String(packet)))) throw new Error(`an end was expected, ${packets.join(' ')} came`)
  }
}

/** A new session sends packets that end it. */
export async function endsSession (t: Test, { port, face }: Pick<Target, 'port' | 'face'>, eio: Eio, way: EngineWay, packets: Message[], name: string): Promise<void> {
  const client = await engine(t, port, eio, way)
  // A POST may be refused, and one whose packets are not heard any more waits for the end.
  client.send(...packets).catch(() => {})
  t.equal(await ending(client), client.wire === undefined ? `400 ${UNKNOWN_SESSION}` : CLOSED[face], `engine ${eio}, ${way}: ${name}`)
  client.close()
}
