// Plays sessions side by side on the nodes of a setup, and tells the faults that came of it.
import { setTimeout as pause } from 'node:timers/promises'
import type { Fault, Nodes } from './nodes.js'
import type { Frame, Script } from './script.js'
import { WAYS } from './ways.js'
import type { Session } from './ways.js'

/** A server that stands still is noticed by itself. Whoever is not answered goes on, as after an error that lost an answer; ms. */
const PATIENCE = 3000

/** What came of a play. */
export interface Outcome {
  /** How many frames were sent to sessions that were open. */
  readonly shapes: number
  readonly faults: readonly Fault[]
}

async function patiently (sent: Promise<boolean>): Promise<boolean> {
  const over = new AbortController()
  const late = pause(PATIENCE, false, { signal: over.signal }).catch(() => false)
  const alive = await Promise.race([sent, late])
  over.abort()
  return alive
}

/** Sends frames until the session is over; how many. */
async function sendAll (session: Session, frames: readonly Frame[], perWrite: number): Promise<number> {
  let sent = 0
  for (let alive = true; alive && sent < frames.length;) {
    const some = frames.slice(sent, sent + perWrite)
    sent += some.length
    alive = await patiently(session.send(some))
  }
  return sent
}

export async function play (nodes: Nodes, scripts: readonly Script[]): Promise<Outcome> {
  const sessions: Session[] = []
  let shapes = 0
  await Promise.all(scripts.map(async ({ way, node, prelude, frames, perWrite }) => {
    const session = await WAYS.get(way)?.(nodes.port(node))
    if (session === undefined) return
    sessions.push(session)
    if (prelude.length > 0) {
      shapes += prelude.length
      if (!await patiently(session.send(prelude))) return
    }
    const sent = await sendAll(session, frames, perWrite)
    shapes += sent
  }))
  await nodes.settle() // while the sessions are there, for what one node asks the other about them
  for (const session of sessions) session.close()
  await nodes.settle()
  return { shapes, faults: nodes.takeFaults() }
}
