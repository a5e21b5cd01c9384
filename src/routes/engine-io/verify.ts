// Hooks that run before the handlers of Engine.IO: each request names a session that it fits, or is a handshake that is let in.
import { RefusedRequest } from '../../errors.js'
import { ADMITTED, admit } from '../admission.js'
import type { Admitted } from '../admission.js'
import { addHeaders } from '../headers.js'
import type { Hook } from '../rows.js'
import { isUpgrade } from '../upgrade-requests.js'
import type { EngineIoContext, EngineIoRequest, EngineIoRoute } from './context.js'

/** @throws RefusedRequest when the request does not fit the session that it names. */
function checkSession ({ engine, settings, shared: { version } }: EngineIoContext, transport: string, request: EngineIoRequest, sid: string): void {
  engine.wheel.catchUp() // a session ends at its time, not a tick later
  const socket = engine.find(sid, `engine ${version}`)
  if (socket === undefined) {
    const previousProtocol = version === 3 ? 4 : 3
    if (engine.find(sid, `engine ${previousProtocol}`) === undefined) throw new RefusedRequest('unknown session', 'no session of this dialect has this id', { sid })
    throw new RefusedRequest('protocol mismatch', 'PROTOCOL_MISMATCH', { sid, protocol: version, previousProtocol })
  }
  const { transport: { name: previousTransport } } = socket
  const fits = isUpgrade(request) ? settings.allowUpgrades : transport === previousTransport
  if (!fits) throw new RefusedRequest('transport mismatch', 'TRANSPORT_MISMATCH', { sid, transport, previousTransport })
}

/** Refuses requests that do not fit their session, and handshakes that are not let in. */
export function verify (context: EngineIoContext, transport: 'polling' | 'websocket'): Hook<EngineIoRoute> {
  return function verifyRequest (request, _reply, done) {
    const { sid } = request.query
    if (sid) {
      checkSession(context, transport, request, sid)
      return done()
    }
    if (request.method !== 'GET') throw new RefusedRequest('bad handshake method', 'a handshake must be a GET', { method: request.method })
    const proceed = (admitted: Admitted): void => {
      request[ADMITTED] = admitted
      done()
    }
    const admitted = admit(context, request)
    if (admitted instanceof Promise) admitted.then(proceed, done)
    else proceed(admitted)
  }
}

/** Refuses requests for a WebSocket that are no upgrades. */
export const onlyUpgrades: Hook = (request, _reply, done) => {
  done(isUpgrade(request) ? undefined : new RefusedRequest('not an upgrade', 'the request does not ask for an upgrade to a WebSocket'))
}

/** Lets listeners of the Engine add headers to the answer to an upgrade. */
export function addHeadersToUpgrade ({ engine }: EngineIoContext): Hook<EngineIoRoute> {
  return function addEngineHeaders (request, reply, done) {
    addHeaders(engine, reply, !request.query.sid)
    done()
  }
}
