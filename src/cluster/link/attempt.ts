// One attempt to link to an address: the connection, the handshake, and the link that comes of it.
import { connect as connectSocket } from 'node:net'
import { WebSocket } from 'ws'
import type { ClientOptions } from 'ws'
import { ProtocolError } from '../../codec/packet.js'
import { MAX_UNFINISHED } from './accepted.js'
import { formatAddress, parseAddress } from './address.js'
import { CODES, Connection } from './connection.js'
import type { LinkEnd } from './connection.js'
import { decodeOwner } from './decode.js'
import { LinkEdge } from './edge.js'
import { answerChallenge, newHello, PROOF_TIMEOUT } from './handshake.js'
import { PATH } from './listen.js'
import { MAX_MESSAGE, MessageReader } from './messages.js'
import { isTag } from './proof.js'
import { VERSION } from './records.js'
import type { Challenge, Hello, OwnerRecord } from './records.js'
import type { ConnectOptions, LinkAddress } from './types.js'

function open ({ address, tls }: ConnectOptions): WebSocket {
  const options: ClientOptions = { perMessageDeflate: false, maxPayload: MAX_MESSAGE, handshakeTimeout: PROOF_TIMEOUT, followRedirects: false }
  if ('path' in address) return new WebSocket(`ws://unix${PATH}`, { ...options, createConnection: () => connectSocket(address.path) })
  const url = `${tls === undefined ? 'ws' : 'wss'}://${formatAddress(address)}${PATH}`
  if (tls === undefined) return new WebSocket(url, options)
  const { ca, cert, key, servername } = tls
  return new WebSocket(url, { ...options, ca, cert, key, ...(servername !== undefined && { servername }), rejectUnauthorized: true })
}

/**
 * One connection:
 *
 *   connecting ── the WebSocket is open ──► introduced ── challenge ──► proven ── state ──► up
 *   connecting, introduced, proven ── anything else, or PROOF_TIMEOUT ──► failed
 */
export class Attempt {
  readonly #options: ConnectOptions
  readonly #socket: WebSocket
  readonly #deadline: NodeJS.Timeout
  readonly #onEnd: (end: LinkEnd, edge: LinkEdge | undefined) => void
  #connection: Connection<OwnerRecord> | undefined
  #hello: Hello | undefined
  /** The other side, once it has proven itself. */
  #edge: LinkEdge | undefined
  #isUp = false
  #isSelf = false

  constructor (options: ConnectOptions, onEnd: (end: LinkEnd, edge: LinkEdge | undefined) => void) {
    this.#options = options
    this.#onEnd = onEnd
    const socket = this.#socket = open(options)
    const onError = ({ message }: Error): void => this.#failed(message)
    socket.on('error', onError)
    socket.on('open', () => {
      socket.off('error', onError)
      this.#introduce()
    })
    this.#deadline = setTimeout(() => this.end({ reason: `it has not proven itself in ${PROOF_TIMEOUT / 1000} s` }), PROOF_TIMEOUT).unref()
  }

  /** The connection has failed before it was open. */
  #failed (reason: string): void {
    clearTimeout(this.#deadline)
    this.#onEnd({ reason }, undefined)
  }

  #introduce (): void {
    const { host, self } = this.#options
    const connection = this.#connection = new Connection<OwnerRecord>({
      socket: this.#socket,
      log: host.log,
      reader: new MessageReader(decodeOwner, () => this.#edge === undefined ? 0 : MAX_UNFINISHED),
      hold: host.hold,
      onRecord: (record) => this.#receive(record),
      onTick: () => {},
      onEnd: (end) => this.#ended(end)
    })
    this.#hello = newHello(self)
    connection.send(this.#hello)
  }

  #receive (record: OwnerRecord): void {
    if (this.#edge === undefined) {
      if (record.type !== 'challenge' || this.#hello === undefined) throw new ProtocolError(`the record ${record.type} in the handshake`)
      return this.#onChallenge(record, this.#hello)
    }
    this.#edge.receive(record)
  }

  #onChallenge (challenge: Challenge, hello: Hello): void {
    const { tag, secrets, self } = this.#options
    if (challenge.version !== VERSION) return this.end({ reason: `it speaks version ${challenge.version} of the protocol of links, and this node version ${VERSION}; run the same version of fastify-socketio-transports on all nodes`, code: CODES.version })
    const proof = answerChallenge(challenge, hello, secrets)
    if (proof === undefined) return this.end({ reason: 'it has another secret, or is no node; give all nodes the same secret', code: CODES.proof })
    if (!isTag(challenge.tag)) throw new ProtocolError('a tag that is none')
    if (challenge.tag === self.tag) {
      this.#isSelf = true
      return this.end({ reason: 'it is this node', code: CODES.self })
    }
    if (tag !== undefined && challenge.tag !== tag) return this.end({ reason: `another node is there now: ${challenge.tag} instead of ${tag}`, code: CODES.leaving })
    const address = parseAddress(challenge.address)
    if (address === undefined) throw new ProtocolError('an address that is none')
    this.#edge = this.#newEdge(challenge.tag, address)
    this.#connection?.send(proof)
  }

  #newEdge (tag: string, address: LinkAddress): LinkEdge {
    const { onUp, onState } = this.#options
    return new LinkEdge({
      tag,
      address,
      rtt: () => this.#connection?.rtt,
      send: (record) => this.#connection?.send(record),
      offer: (record) => this.#connection?.outgoing.offer(record) ?? false,
      onState: () => {
        const edge = this.#edge
        if (edge === undefined) return
        if (this.#isUp) return onState(edge)
        this.#isUp = true
        clearTimeout(this.#deadline)
        onUp(edge)
      }
    })
  }

  /** Whether the address is that of this node. */
  get isSelf (): boolean { return this.#isSelf }

  end (end: LinkEnd): void {
    if (this.#connection !== undefined) return this.#connection.end(end)
    this.#socket.terminate() // emits an error, which says only that it was closed
    this.#failed(end.reason)
  }

  #ended (end: LinkEnd): void {
    clearTimeout(this.#deadline)
    this.#edge?.lost(end.reason)
    this.#onEnd(end, this.#isUp ? this.#edge : undefined)
  }
}
