// What every replay asserts beside the refusal: the process lives and logs no fault, its memory stays within a bound, and others are
// served during and after. The server under attack is a process of its own; the attacker is the test. ATTACK_TARGET names another module
// than target.ts to be that process, which has an original in it, say (README.md).
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'
import type { SocketioTransportsOptions } from '../../types/options.js'
import type { Metrics } from '../../types/metrics.js'
import type { EndReason } from '../../types/reasons.js'
import type { DialectName } from '../../types/socket.js'
import { startProcess } from '../kit/servers/process.js'
import { bystander } from './bystander.js'
import type { Bystander } from './bystander.js'

const TARGET = process.env['ATTACK_TARGET'] ?? fileURLToPath(new URL('target.ts', import.meta.url))
const MEBIBYTE = 1024 * 1024
/** Most that a target's heap may have, MiB: what grows without end ends the process soon, and the test fails. */
const HEAP = 256

/** Echoes one after the other would take a core of each test; ms. */
const BETWEEN_ECHOES = 20

/** What a target says of itself. */
export interface State {
  /** Heap and buffers after a garbage collection, bytes. */
  held: number
  /** The most that it had since it was asked last, garbage and all, bytes. */
  peak: number
  /** What the process takes of the machine's memory, bytes. */
  resident: number
  /** CPU time that the process has had, ms. */
  cpu: number
  sessions: number
  /** TCP connections. */
  connections: number
  /** How many sessions have ended, by reason. */
  ended: Metrics['ended']
  /** What waits for clients, bytes. */
  queued: number
  /** The error lines logged since it was asked last. */
  faults: string[]
}

export type Face = 'packets' | 'server'
export const FACES: readonly Face[] = ['packets', 'server']

/** A server under attack, and its bystanders. */
export interface Target {
  readonly port: number
  readonly face: Face
  /** Those it speaks: an original does not speak all. */
  readonly dialects: readonly DialectName[]
  /** @throws when the process has ended */
  state (): Promise<State>
  /** Closes the app, and tells how long that took, ms; less what others have taken of the machine. */
  close (): Promise<number>
  /** Does damage from within (target.ts). */
  sabotage (damage: 'crash' | 'reject' | 'hoard' | 'spend' | 'stall' | 'fault' | 'still'): void
  readonly bystanders: readonly Bystander[]
}

/** How much an attack may cost, MiB. */
export interface Bounds {
  /** What the process may hold more afterwards than before. */
  held: number
  /** What it may have more meanwhile; garbage counts. */
  peak: number
}

/**
 * Starts a server that echoes messages. Uncaught errors and unhandled rejections end its process, as Node does by itself.
 * @param flags more flags of Node's
 */
export async function startTarget (t: Test, face: Face, options: SocketioTransportsOptions = {}, flags: readonly string[] = []): Promise<Target> {
  const server = startProcess(t, TARGET, [face, JSON.stringify(options)], ['--expose-gc', `--max-old-space-size=${HEAP}`, ...flags])
  const { port, dialects } = await server.told<{ port: number, dialects: DialectName[] }>()
  const bystanders: Bystander[] = []
  for (const dialect of dialects) bystanders.push(await bystander(t, port, dialect))
  return {
    port,
    face,
    dialects,
    bystanders,
    state: () => server.ask<State>('state'),
    close: () => server.ask<number>('close'),
    sabotage: server.send
  }
}

/** An echo to each bystander, each in time. */
const allEcho = (bystanders: readonly Bystander[]): Promise<unknown> => Promise.all(bystanders.map((one) => one.echo()))

/** What an attack did to others. */
export interface Damage {
  /** Why a bystander was not served; empty when all were, meanwhile and afterwards. */
  unserved: string
  faults: string[]
  /** What the process holds more, and what it had more meanwhile; MiB. */
  grown: Bounds
  /** How many sessions ended, by reason. */
  ended: Metrics['ended']
}

function since (before: Metrics['ended'], after: Metrics['ended']): Metrics['ended'] {
  const counts = Object.entries(after).map(([reason, count]) => [reason, count - (before[reason as EndReason] ?? 0)] as const)
  return Object.fromEntries(counts.filter(([, count]) => count > 0))
}

/** Makes an attack, and looks what it did. @throws when the server dies, or what `attack` throws */
export async function watch ({ state, bystanders }: Target, attack: () => Promise<void>): Promise<Damage> {
  const before = await state()
  const over = new AbortController()
  const during = async (): Promise<void> => {
    do {
      await allEcho(bystanders)
      await pause(BETWEEN_ECHOES)
    } while (!over.signal.aborted)
  }
  const attacked = attack().finally(() => over.abort())
  const [served, made] = await Promise.allSettled([during(), attacked])
  const [servedAfterwards] = await Promise.allSettled([allEcho(bystanders)])
  const after = await state()
  if (made.status === 'rejected') throw made.reason
  return {
    unserved: [served, servedAfterwards].map((one) => one.status === 'rejected' ? String(one.reason) : '').join(''),
    faults: [...before.faults, ...after.faults],
    grown: { held: Math.ceil((after.held - before.held) / MEBIBYTE), peak: Math.ceil((after.peak - before.held) / MEBIBYTE) },
    ended: since(before.ended, after.ended)
  }
}

/** Makes an attack, and asserts everything about it but the refusal, which `attack` asserts itself. */
export async function withstands (t: Test, target: Target, bounds: Bounds, attack: () => Promise<void>): Promise<Damage> {
  const damage = await watch(target, attack)
  const { unserved, faults, grown } = damage
  t.equal(unserved, '', 'others are served, meanwhile and afterwards')
  t.strictSame(faults, [], 'no error is logged')
  for (const key of ['held', 'peak'] as const) t.ok(grown[key] <= bounds[key], `${key}: ${grown[key]} MiB more, of ${bounds[key]}`)
  return damage
}
