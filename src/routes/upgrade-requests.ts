// Requests for an upgrade, from the server's event 'upgrade' to the WebSocket. No mark of another library is needed to know them.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { isAnswering } from '../private/node-answer.js'
import type { UnclaimedConnections } from './unclaimed-connections.js'

/** One request, as the event told of it. */
interface Arrival {
  readonly socket: Duplex
  /** The connection carried the answer to another request then. */
  readonly isBehind: boolean
  /** Where its connection is noted. */
  readonly unclaimed: UnclaimedConnections
}

/** What becomes of the event. 'accepted': a WebSocket of ours has been made of it. */
type State = Arrival | 'accepted'

const states = new WeakMap<IncomingMessage, State>()

/** Notes a request, before anybody else hears of it. */
export function note (request: IncomingMessage, socket: Duplex, unclaimed: UnclaimedConnections): void {
  states.set(request, { socket, isBehind: isAnswering(request, socket), unclaimed })
}

/** It is an ordinary request from now on. */
export function forget (request: IncomingMessage): void {
  states.delete(request)
}

/** A WebSocket of ours has been made of it. */
export function accept (request: IncomingMessage): void {
  const state = states.get(request)
  states.set(request, 'accepted')
  if (typeof state === 'object') state.unclaimed.delete(state.socket)
}

/** Whether a WebSocket of ours has been made of it. */
export const isAccepted = (request: IncomingMessage): boolean => states.get(request) === 'accepted'

/** Whether its connection carried another answer when it came: Node hands it over at once, and has nothing to put it behind. */
export function isBehindAnother (request: IncomingMessage): boolean {
  const state = states.get(request)
  return typeof state === 'object' && state.isBehind
}

/** Whether the request asks for an upgrade and is answered as one. `ws`: an app's @fastify/websocket may listen to another server. */
export const isUpgrade = ({ raw, ws }: FastifyRequest): boolean => raw.headers.upgrade !== undefined && (states.has(raw) || ws)
