// A WebSocket or stream for a session of another node.
import type { Refused, SessionHost, SessionRequest } from '../../types/cluster.js'
import type { Transport, TransportListener } from '../session/transport.js'
import { HeldTransport } from './held-transport.js'
import type { Hosts } from './hosts.js'

/** Reasons for which the node with a session is out of reach. Its WebSockets close with 1001, as if that node had closed them. */
export const LOST: ReadonlySet<string> = new Set(['node lost', 'node unreachable'])

/** A transport whose reading can be stopped: a WebSocket. Streams have nothing to read. */
interface Carried extends Transport {
  pause?(isPaused: boolean): void
}

interface CarryInit<T extends Carried> {
  hosts: Hosts
  host: SessionHost
  session: SessionRequest
  newTransport: (listener: TransportListener) => T
  /** Closes the transport in the way of its dialect. */
  refuse: (transport: T, refused: Refused) => void
}

/** Hands a WebSocket or stream over to the node with its session. */
export function carry <T extends Carried> ({ hosts, host, session, newTransport, refuse }: CarryInit<T>): void {
  const held: HeldTransport = new HeldTransport({ hosts, refuse: (refused) => refuse(transport, refused), pause: (isPaused) => transport.pause?.(isPaused) })
  const transport: T = newTransport(held)
  held.start(transport, host, session)
}
