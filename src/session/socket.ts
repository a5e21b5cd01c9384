// The part of a session that the application and the official Server use.
import { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Traffic } from '../../types/observation.js'
import type { SendOptions, Socket as PublicSocket, SocketContext, SocketEvents } from '../../types/socket.js'
import { ProtocolError } from '../codec/packet.js'
import type { OutgoingPacket } from '../codec/packet.js'
import { InvalidPacketError } from '../errors.js'
import type { Dialect } from './dialect.js'
import type { SessionInit } from './session-init.js'
import type { Transport } from './transport.js'

const NO_OPTIONS: SendOptions = {}

/** The session behind a Socket. Applications cannot reach it. */
interface SocketSession {
  readonly dialect: Dialect
  readonly readyState: PublicSocket['readyState']
  readonly transport: Transport
  readonly bufferedAmount: number
  readonly traffic: { read (): Traffic }
  close (): void
}

/** The connection of one client, independent of its transport. */
export class Socket extends EventEmitter<SocketEvents> implements PublicSocket {
  readonly id: string
  readonly request: IncomingMessage
  readonly remoteAddress: string
  readonly context: SocketContext
  readonly openedAt = Date.now()
  readonly #session: SocketSession

  constructor (session: SocketSession, { id, request, remoteAddress, context }: Pick<SessionInit, 'id' | 'request' | 'remoteAddress' | 'context'>) {
    super()
    this.id = id
    this.request = request
    this.remoteAddress = remoteAddress
    this.context = context as SocketContext
    this.#session = session
  }

  get dialect () { return this.#session.dialect.name }
  get protocol () { return this.#session.dialect.protocol }
  get readyState () { return this.#session.readyState }
  get transport () { return this.#session.transport }
  get bufferedAmount () { return this.#session.bufferedAmount }
  get traffic () { return this.#session.traffic.read() }

  send (packet: OutgoingPacket, options: SendOptions = NO_OPTIONS): string | undefined {
    if (this.readyState !== 'open') return undefined
    try {
      return this.#session.dialect.send(packet, options)
    } catch (error) {
      if (error instanceof ProtocolError) throw new InvalidPacketError(packet.type, error.message)
      throw error
    }
  }

  write (data: string | Uint8Array, options: SendOptions = NO_OPTIONS): this {
    if (this.readyState === 'open') this.#session.dialect.write(data, options)
    return this
  }

  close (): void { this.#session.close() }
}
