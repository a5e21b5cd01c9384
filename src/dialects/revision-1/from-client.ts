// What a client of revision 1 says, for the official Server, which uses the grammar of Socket.IO protocol 4. Owns the endpoints and the outstanding acknowledgements of the
// session, which the other direction (server.ts) uses, too.
import { fromMessage, isReservedEvent, PacketType } from '../../codec/socketio.js'
import type { SocketioPacket } from '../../codec/socketio.js'
import type { Packet, WirePacket } from '../../codec/packet.js'
import { revision1 } from '../../codec/revision-1.js'
import { Acks } from './acks.js'
import { bytesOf, isServableNamespace, toNsp } from '../endpoint.js'
import type { Endpoint } from '../endpoint.js'
import { endpointBytes, Endpoints } from './endpoints.js'
import type { FaceShared, FaceSession } from './face.js'

type AckRequest = Extract<Packet, { type: 'message' | 'json' | 'event' }>

/** Returns whether a packet belongs to an endpoint: all do, except heartbeats and noops. */
const isAboutEndpoint = (packet: WirePacket): packet is Packet => 'endpoint' in packet

/** The direction from the client to the Server, for one session. */
export class FromClient {
  readonly endpoints = new Endpoints()
  readonly acks: Acks
  readonly #session: FaceSession
  readonly #shared: FaceShared

  constructor (session: FaceSession, shared: FaceShared) {
    this.#session = session
    this.#shared = shared
    this.acks = new Acks(shared.limits.maxAcks)
  }

  /** Counts the memory that is held for the client outside its queue, and so many bytes more. Returns whether it fits. */
  keep (more = 0): boolean {
    return this.#session.keep(this.endpoints.bytes + this.acks.bytes + more)
  }

  /** Ends the session: it would hold too much. */
  overflow (): void {
    this.#session.end('too many packets', undefined, new Error('packets that wait for endpoints to connect exceed maxPayload'))
  }

  /** Delivers a packet of the client. Packets for endpoints that are not connected are dropped, as in the old server. */
  receive (packet: Packet): void {
    if (packet.type === 'error') return
    const endpoint = this.endpoints.get(packet.endpoint)
    if (endpoint?.state === 'connected') return this.#forward(packet)
    if (endpoint !== undefined) return this.#wait(endpoint, packet)
    if (packet.type === 'connect') this.#connect(packet.endpoint, packet.query)
  }

  #connect (name: string, query = ''): void {
    if ((name !== '' && !isServableNamespace(name)) || this.endpoints.size > this.#shared.limits.maxEndpoints) return
    const bytes = endpointBytes(query)
    if (!this.keep(bytes)) return this.overflow()
    this.endpoints.add(name, bytes)
    // In the Server's grammar a comma ends the name, and a query without `?` would be part of the name.
    this.#deliver({ type: PacketType.CONNECT, nsp: toNsp(name) + (query.startsWith('?') ? query.replaceAll(',', '%2C') : '') })
  }

  #wait (endpoint: Endpoint, packet: Packet): void {
    const text = revision1.encodePacket(packet)
    const bytes = bytesOf(text)
    if (this.endpoints.waitingBytes + bytes > this.#shared.limits.maxPayload || !this.keep(bytes)) return this.overflow()
    this.endpoints.wait(endpoint, text)
  }

  /** Delivers the packets that have waited for an endpoint, which the Server has connected. */
  hearWaiting (name: string, endpoint: Endpoint): void {
    this.endpoints.hearWaiting(name, endpoint, (text) => {
      const packet = revision1.decodePacket(text)
      // A repeated connect has been answered already, unless a disconnect came between.
      if (isAboutEndpoint(packet) && (packet.type !== 'connect' || endpoint !== this.endpoints.get(name))) this.receive(packet)
    })
    this.keep()
  }

  #forward (packet: Packet): void {
    const { endpoint } = packet
    const nsp = toNsp(endpoint)
    switch (packet.type) {
      case 'message':
      case 'json':
      case 'event': {
        if (packet.type === 'event' && isReservedEvent(packet.name)) return
        return this.#deliver({ type: PacketType.EVENT, nsp, data: fromMessage(packet), ...this.#idFor(packet) })
      }
      case 'ack': {
        const id = this.acks.takeOfServer(packet.id, endpoint)
        if (id === undefined) return
        this.keep()
        return this.#deliver({ type: PacketType.ACK, nsp, data: packet.args, id })
      }
      case 'disconnect':
        this.endpoints.delete(endpoint)
        this.keep()
        return this.#deliver({ type: PacketType.DISCONNECT, nsp })
      // The old server answered each connect (docs/revision-1.md, Packets).
      case 'connect': return this.#session.enqueue(revision1.encodePacket({ type: 'connect', endpoint }), false)
      case 'error': return
      default: packet satisfies never
    }
  }

  /** Delivers a disconnect for each endpoint: the client has disconnected as a whole. */
  disconnectAll (): void {
    for (const endpoint of this.endpoints.connected) this.#deliver({ type: PacketType.DISCONNECT, nsp: toNsp(endpoint) })
    this.endpoints.clear()
  }

  #idFor (packet: AckRequest): { id?: number } {
    if (packet.ack !== 'data' || packet.id === undefined) return {}
    const id = this.acks.addOfClient(packet.id)
    if (!this.keep()) this.overflow()
    return { id }
  }

  #deliver (packet: SocketioPacket): void {
    for (const piece of this.#shared.codec.encode(packet)) this.#session.deliver(piece, packet.type === PacketType.DISCONNECT)
  }
}
