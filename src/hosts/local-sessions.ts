// The sessions of this node, for requests that have arrived here or on other nodes.
import type { HeldPoll, HeldStream, PollOwner, PostOwner, Refused, SessionHost, SessionRequest, StreamOwner } from '../../types/cluster.js'
import type { Engine } from '../engine/engine.js'
import { NO_SESSION, RefusedRequest } from '../errors.js'
import type { Settings } from '../options.js'
import { isRevision1, TRANSPORTS } from '../transports/index.js'
import { CarriedTransport } from '../transports/carried.js'
import type { Session } from '../session/session.js'
import { NO_LISTENER } from '../session/transport.js'
import type { TransportListener } from '../session/transport.js'
import { NO_OWNER } from './accepted-poll.js'
import * as engineIo from './engine-io.js'
import { isOwnPage } from './own-page.js'
import * as revision1 from './revision-1.js'

const OTHER_PAGE = "the session was not opened by the server's own page of this origin"

type Answer = (refused?: Refused) => void

/** Returns an error that refuses a request. @throws every other error: it is a bug */
function refusedBy (error: unknown): Refused {
  if (error instanceof RefusedRequest) return error
  throw error
}

/** Implements what other nodes may ask of this one. The routes of this node use the same for polls and POSTs. */
export class LocalSessions implements SessionHost {
  readonly #engine: Engine
  readonly #settings: Settings
  readonly #engineIo: Readonly<Record<'engine 3' | 'engine 4', engineIo.EngineIoSessions>>

  constructor (engine: Engine, settings: Settings) {
    this.#engine = engine
    this.#settings = settings
    this.#engineIo = { 'engine 3': { engine, settings, shared: { version: 3 } }, 'engine 4': { engine, settings, shared: { version: 4 } } }
  }

  check (request: SessionRequest, answer: Answer): void {
    const { origin } = request
    try {
      const { socket } = this.#checked(request)
      if (origin !== undefined && !isOwnPage(origin, socket.request.headers)) throw new RefusedRequest('origin refused', OTHER_PAGE, { origin })
      answer()
    } catch (error) {
      answer(refusedBy(error))
    }
  }

  #checked (request: SessionRequest): Session {
    const { dialect, sid } = request
    if (dialect !== 'revision 1') return engineIo.checkedSession(this.#engineIo[dialect], request)
    const session = this.#engine.find(sid, dialect)
    if (session === undefined) throw new RefusedRequest('unknown session', NO_SESSION, { sid })
    return session
  }

  poll (request: SessionRequest, poll: HeldPoll): PollOwner {
    try {
      return this.#accept(request, poll)
    } catch (error) {
      poll.refuse(refusedBy(error))
      return NO_OWNER
    }
  }

  #accept (request: SessionRequest, poll: HeldPoll): PollOwner {
    const { dialect } = request
    return dialect === 'revision 1' ? revision1.acceptPoll(this.#revision1(request), request.sid, poll) : engineIo.acceptPoll(this.#engineIo[dialect], request, poll)
  }

  post (request: SessionRequest, payload: string | Buffer, answer: Answer): PostOwner | undefined {
    const { dialect } = request
    try {
      if (dialect !== 'revision 1') return engineIo.deliverPost(this.#engineIo[dialect], request, payload, answer)
      revision1.deliverPost(this.#revision1(request), request.sid, String(payload), answer)
    } catch (error) {
      answer(refusedBy(error))
    }
    return undefined
  }

  /** @throws RefusedRequest for a transport that the dialect does not have: the other node has other options, or another version. */
  #revision1 ({ sid, transport: name }: SessionRequest): revision1.Revision1Sessions {
    if (!isRevision1(name)) throw new RefusedRequest('unknown transport', 'the transport is unknown, or the option "transports" excludes it', { sid })
    return { engine: this.#engine, settings: this.#settings, name }
  }

  open (request: SessionRequest, stream: HeldStream): StreamOwner {
    let transport: CarriedTransport | undefined
    const newTransport = (listener: TransportListener): CarriedTransport => { transport = this.#carried(request, stream, listener); return transport }
    try {
      this.#open(request, newTransport)
    } catch (error) {
      stream.refuse(refusedBy(error))
    }
    return transport ?? newTransport(NO_LISTENER)
  }

  #open (request: SessionRequest, newTransport: (listener: TransportListener) => CarriedTransport): void {
    const { dialect, sid } = request
    if (dialect === 'revision 1') {
      if (revision1.moveSession(this.#engine, sid, newTransport) === undefined) throw new RefusedRequest('unknown session', NO_SESSION, { sid })
    } else if (!engineIo.startUpgrade(this.#engineIo[dialect], sid, newTransport, () => {})) {
      throw new RefusedRequest('unknown session', engineIo.NO_UPGRADE, { sid })
    }
  }

  #carried ({ transport: name }: SessionRequest, stream: HeldStream, listener: TransportListener): CarriedTransport {
    const { wheel } = this.#engine
    const row = isRevision1(name) ? TRANSPORTS[name] : undefined
    const isWebSocket = row?.kind !== 'stream'
    return new CarriedTransport({
      name, isWebSocket, endsUnnoticed: !isWebSocket && row.format().endsUnnoticed, listener, stream, wheel, farewellTimeout: this.#settings.farewellTimeout
    })
  }

  end ({ sid, dialect }: SessionRequest): void {
    if (dialect === 'revision 1') revision1.disconnect(this.#engine, sid)
  }
}
