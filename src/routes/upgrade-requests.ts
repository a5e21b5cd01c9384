// Tracks requests for an upgrade, from the server's event 'upgrade' to the WebSocket. So the plugin does not need the private marks of @fastify/websocket.
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { isAnswering } from '../private/node-answer.js'
import type { UnclaimedConnections } from './unclaimed-connections.js'

/** A request for which the server has emitted 'upgrade'. */
interface Arrival {
  readonly socket: Duplex
  /** Whether the connection carried the answer to another request at that time. */
  readonly isBehind: boolean
  /** The list that may contain the connection. */
  readonly unclaimed: UnclaimedConnections
}

/** The state of a request. 'accepted': it has become a WebSocket of this plugin. */
type State = Arrival | 'accepted'

const states = new WeakMap<IncomingMessage, State>()

/** Starts tracking a request. Called before all other listeners for 'upgrade'. */
export function note (request: IncomingMessage, socket: Duplex, unclaimed: UnclaimedConnections): void {
  states.set(request, { socket, isBehind: isAnswering(request, socket), unclaimed })
}

/** Stops tracking a request, which is handled as an ordinary one from now on. */
export function forget (request: IncomingMessage): void {
  states.delete(request)
}

/** Marks a request that has become a WebSocket of this plugin. */
export function accept (request: IncomingMessage): void {
  const state = states.get(request)
  states.set(request, 'accepted')
  if (typeof state === 'object') state.unclaimed.delete(state.socket)
}

/** Returns whether a request has become a WebSocket of this plugin. */
export const isAccepted = (request: IncomingMessage): boolean => states.get(request) === 'accepted'

/** Returns whether the connection carried another answer when the request arrived. Node emits 'upgrade' at once, and does not wait for that answer. */
export function isBehindAnother (request: IncomingMessage): boolean {
  const state = states.get(request)
  return typeof state === 'object' && state.isBehind
}

/** Returns whether the request is handled as an upgrade. `ws`: the app's own @fastify/websocket may listen to another server, which is not tracked here. */
export const isUpgrade = ({ raw, ws }: FastifyRequest): boolean => raw.headers.upgrade !== undefined && (states.has(raw) || ws)
