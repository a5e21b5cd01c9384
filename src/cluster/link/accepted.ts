// A connection that another node has opened to this one: first a stranger, then the edge of a link.
import type { FastifyBaseLogger } from 'fastify'
import type { WebSocket } from 'ws'
import { ProtocolError } from '../../codec/packet.js'
import { parseAddress } from './address.js'
import { CODES, Connection } from './connection.js'
import type { LinkEnd } from './connection.js'
import { decodeEdge } from './decode.js'
import { answerHello, isProven, PROOF_TIMEOUT } from './handshake.js'
import { MessageReader } from './messages.js'
import type { LogOnce } from './once.js'
import { LinkOwner } from './owner.js'
import { isTag } from './proof.js'
import { VERSION } from './records.js'
import type { Challenge, EdgeRecord, Hello, Proof } from './records.js'
import type { ListenOptions, NodeState } from './types.js'

/** Bytes of records that are not complete, in one link: more than any payload needs, and few enough for the memory. */
export const MAX_UNFINISHED = 256 * 1024 * 1024
/** Other records than those of the handshake are not long, so a stranger may send no unfinished ones. */
const NO_UNFINISHED = 0

export interface AcceptedInit {
  readonly options: ListenOptions
  readonly socket: WebSocket
  readonly address: string
  readonly log: FastifyBaseLogger
  readonly once: LogOnce
  /** The other node has proven itself. */
  readonly onProven: () => void
  /** Called once. */
  readonly onEnd: () => void
}

/**
 *   new ── hello ──► challenged ── proof ──► proven: a link
 *   new, challenged ── anything else, or PROOF_TIMEOUT ──► refused
 */
export class Accepted {
  readonly #init: AcceptedInit
  readonly #connection: Connection<EdgeRecord>
  readonly #deadline: NodeJS.Timeout
  #hello: Hello | undefined
  #challenge: Challenge | undefined
  #owner: LinkOwner | undefined
  #tag = ''
  /** What was last sent of this node. */
  #state: NodeState | undefined
  #sessions = 0

  constructor (init: AcceptedInit) {
    this.#init = init
    const { socket, log, options: { host } } = init
    this.#connection = new Connection({
      socket,
      log,
      reader: new MessageReader(decodeEdge, () => this.#owner === undefined ? NO_UNFINISHED : MAX_UNFINISHED),
      hold: host.hold,
      onRecord: (record) => this.#receive(record),
      onTick: () => this.announce(),
      onEnd: (end) => this.#end(end)
    })
    this.#deadline = setTimeout(() => this.#connection.end({ reason: `it has not proven itself in ${PROOF_TIMEOUT / 1000} s` }), PROOF_TIMEOUT).unref()
  }

  get tag (): string { return this.#tag }

  #receive (record: EdgeRecord): void {
    if (this.#owner !== undefined) return this.#owner.receive(record)
    if (record.type === 'hello' && this.#hello === undefined) return this.#onHello(record)
    if (record.type === 'proof' && this.#hello !== undefined && this.#challenge !== undefined) return this.#onProof(record, this.#hello, this.#challenge)
    throw new ProtocolError(`the record ${record.type} in the handshake`)
  }

  #onHello (hello: Hello): void {
    if (hello.version !== VERSION) {
      return this.#connection.end({ reason: `it speaks version ${hello.version} of the protocol of links, and this node version ${VERSION}; run the same version of fastify-socketio-transports on all nodes`, code: CODES.version })
    }
    if (!isTag(hello.tag)) throw new ProtocolError('a tag that is none')
    const { self, secrets } = this.#init.options
    this.#hello = hello
    this.#challenge = answerHello(hello, self, secrets)
    this.#connection.send(this.#challenge)
  }

  #onProof (proof: Proof, hello: Hello, challenge: Challenge): void {
    const { options: { secrets, self, host, onPeer }, address: from, once, log, onProven } = this.#init
    if (!isProven(proof, hello, challenge, secrets)) return this.#connection.end({ reason: 'it has another secret; give all nodes the same', code: CODES.proof })
    const address = parseAddress(hello.address)
    if (address === undefined) throw new ProtocolError('an address that is none')
    clearTimeout(this.#deadline)
    this.#tag = hello.tag
    this.#owner = new LinkOwner({ sessions: host.sessions, send: (record) => this.#connection.send(record) })
    onProven()
    once.forget(from)
    this.announce()
    if (hello.tag === self.tag) return // this node has connected to itself, and ends the link when it notices
    log.debug({ node: hello.tag, address: hello.address }, 'a node has linked to this one')
    onPeer(hello.tag, address)
  }

  /** Sends state and number of sessions if they have changed. */
  announce (): void {
    if (this.#owner === undefined) return
    const { state: stateNow, host } = this.#init.options
    const [state, sessions] = [stateNow(), host.count()]
    if (state === this.#state && sessions === this.#sessions) return
    this.#state = state
    this.#sessions = sessions
    this.#connection.send({ type: 'state', state, sessions })
  }

  /** Ends it, because this node leaves. */
  close (): void { this.#connection.end({ reason: 'this node leaves', code: CODES.leaving }) }

  #end ({ reason, code }: LinkEnd): void {
    clearTimeout(this.#deadline)
    const { address, once, log, onEnd } = this.#init
    if (this.#owner === undefined) {
      if (code !== CODES.leaving && code !== CODES.self) once.warn({ address }, `connection to the port for links refused: ${reason}`)
    } else {
      log.debug({ address, node: this.#tag }, `a link of another node has ended: ${reason}`)
      this.#owner.lost()
    }
    onEnd()
  }
}
