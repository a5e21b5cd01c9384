// Hooks that run before the handlers of Engine.IO. A request passes if it fits the session that it names, or if it is a handshake that is admitted.
import { NO_SESSION, NOT_AN_UPGRADE, RefusedRequest } from '../../errors.js'
import { ADMITTED, admit } from '../admission.js'
import type { Admitted } from '../admission.js'
import { addHeaders } from '../headers.js'
import { sessionIdOf } from '../query.js'
import type { Hook } from '../rows.js'
import { isUpgrade } from '../upgrade-requests.js'
import type { EngineIoContext, EngineIoRequest, EngineIoRoute } from './context.js'

const OTHER_VERSION = 'EIO is not that of the handshake of this session: two clients have the same id, or a proxy changes the query'
const NO_UPGRADES = 'allowUpgrades is false, so a session cannot move to a WebSocket: a client may begin with it (its option transports: ["websocket"])'
const OTHER_TRANSPORT = 'the session has another transport by now: the request came too late, or two clients have the same id'

/** Checks that the request has the version and transport of its session. @throws RefusedRequest if it has not, or if there is no such session. */
function checkSession ({ engine, settings, shared: { version } }: EngineIoContext, transport: string, request: EngineIoRequest, sid: string): void {
  engine.wheel.catchUp() // ends sessions whose time is over now, not at the next tick
  const session = engine.find(sid, `engine ${version}`)
  if (session === undefined) {
    const previousProtocol = version === 3 ? 4 : 3
    if (engine.find(sid, `engine ${previousProtocol}`) === undefined) throw new RefusedRequest('unknown session', NO_SESSION, { sid })
    throw new RefusedRequest('protocol mismatch', OTHER_VERSION, { name: 'PROTOCOL_MISMATCH', sid, protocol: version, previousProtocol })
  }
  const { transport: { name: previousTransport } } = session
  const asksForUpgrade = isUpgrade(request)
  const fits = asksForUpgrade ? settings.allowUpgrades : transport === previousTransport
  if (!fits) throw new RefusedRequest('transport mismatch', asksForUpgrade ? NO_UPGRADES : OTHER_TRANSPORT, { name: 'TRANSPORT_MISMATCH', sid, transport, previousTransport })
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
