// Hooks that run before the handlers of Engine.IO. A request passes if it fits the session that it names, or if it is a handshake that is admitted.
import { NOT_AN_UPGRADE, RefusedRequest } from '../../errors.js'
import { ADMITTED, admit } from '../admission.js'
import type { Admitted } from '../admission.js'
import { addHeaders } from '../headers.js'
import { sessionIdOf } from '../query.js'
import type { Hook } from '../rows.js'
import { toError, toSessionRequest } from '../session-request.js'
import { isUpgrade } from '../upgrade-requests.js'
import type { EngineIoContext, EngineIoRoute } from './context.js'

/** Makes a hook that refuses requests that do not fit their session, and handshakes that are not admitted. */
export function verify (context: EngineIoContext, transport: 'polling' | 'websocket'): Hook<EngineIoRoute> {
  const { hosts } = context
  const dialect = `engine ${context.shared.version}` as const
  return function verifyRequest (request, _reply, done) {
    const sid = sessionIdOf(request, dialect)
    if (sid !== '') {
      // Polls and POSTs are checked when their handlers hand them over. An upgrade must be refused before it is accepted.
      if (!isUpgrade(request)) return done()
      return hosts.of(sid).check(toSessionRequest(request, dialect, transport), (refused) => done(refused && toError(refused)))
    }
    if (request.method !== 'GET') throw new RefusedRequest('bad handshake method', 'a handshake must be a GET, and the URL of a POST must have a sid', { method: request.method })
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
  done(isUpgrade(request) ? undefined : new RefusedRequest('not an upgrade', NOT_AN_UPGRADE))
}

/** Makes a hook in which listeners of the Engine add headers to the answer to an upgrade. */
export function addHeadersToUpgrade ({ engine, shared: { version } }: EngineIoContext): Hook<EngineIoRoute> {
  return function addEngineHeaders (request, reply, done) {
    addHeaders(engine, reply, sessionIdOf(request, `engine ${version}`) === '')
    done()
  }
}
