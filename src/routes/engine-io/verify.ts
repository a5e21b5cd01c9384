// Hooks that run before the handlers of Engine.IO. A request passes if it fits the session that it names, or if it is a handshake that is admitted.
import { RefusedRequest } from '../../errors.js'
import { ADMITTED, admit } from '../admission.js'
import type { Admitted } from '../admission.js'
import { addHeaders } from '../headers.js'
import { sessionIdOf } from '../query.js'
import type { Hook } from '../rows.js'
import { isUpgrade } from '../upgrade-requests.js'
import type { EngineIoContext, EngineIoRequest, EngineIoRoute } from './context.js'

/** Checks that the request has the version and transport of its session. @throws RefusedRequest if it has not, or if there is no such session. */
function checkSession ({ engine, settings, shared: { version } }: EngineIoContext, transport: string, request: EngineIoRequest, sid: string): void {
  engine.wheel.catchUp() // ends sessions whose time is over now, not at the next tick
  const session = engine.find(sid, `engine ${version}`)
  if (session === undefined) {
    const previousProtocol = version === 3 ? 4 : 3
    if (engine.find(sid, `engine ${previousProtocol}`) === undefined) throw new RefusedRequest('unknown session', 'no session of this dialect has this id', { sid })
    throw new RefusedRequest('protocol mismatch', 'PROTOCOL_MISMATCH', { sid, protocol: version, previousProtocol })
  }
  const { transport: { name: previousTransport } } = session
  const fits = isUpgrade(request) ? settings.allowUpgrades : transport === previousTransport
  if (!fits) throw new RefusedRequest('transport mismatch', 'TRANSPORT_MISMATCH', { sid, transport, previousTransport })
}

/** Makes a hook that refuses requests that do not fit their session, and handshakes that are not admitted. */
export function verify (context: EngineIoContext, transport: 'polling' | 'websocket'): Hook<EngineIoRoute> {
  const dialect = `engine ${context.shared.version}` as const
  return function verifyRequest (request, _reply, done) {
    const sid = sessionIdOf(request, dialect)
    if (sid !== '') {
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

/** Hook: refuses requests with `transport=websocket` that do not ask for an upgrade. */
export const onlyUpgrades: Hook = (request, _reply, done) => {
  done(isUpgrade(request) ? undefined : new RefusedRequest('not an upgrade', 'the request does not ask for an upgrade to a WebSocket'))
}

/** Makes a hook in which listeners of the Engine add headers to the answer to an upgrade. */
export function addHeadersToUpgrade ({ engine, shared: { version } }: EngineIoContext): Hook<EngineIoRoute> {
  return function addEngineHeaders (request, reply, done) {
    addHeaders(engine, reply, sessionIdOf(request, `engine ${version}`) === '')
    done()
  }
}
